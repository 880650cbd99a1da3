"""What is signed: in-toto statements over the manifest and what was tested, each in a DSSE envelope."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import ParseDict  # type: ignore[import-untyped]  # it carries no types
from in_toto_attestation.predicates.test_result.v0.test_result_pb2 import TestResult
from in_toto_attestation.predicates.vsa.v1.vsa_pb2 import VerificationSummary
from in_toto_attestation.v1.statement import STATEMENT_TYPE_URI, Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementMessage
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # its `__init__` has no `__all__`

from harness.evidence.manifest import MANIFEST, digest
from harness.evidence.serialise import EvidenceError, finite, parse_json
from harness.model import Decision, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from harness.model import Run

PAYLOAD_TYPE = "application/vnd.in-toto+json"
APPROVAL_TYPE = "urn:harness-verify:approval:v1"
VERDICT_TYPE = "urn:harness-verify:verdict:v1"
TEST_RESULT_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
# The specification says a list of strings, the published message one string.
_MISTYPED = frozenset({"verifiedLevels"})
SUMMARY_TYPE = "https://slsa.dev/verification_summary/v1"


def statements(
    run: Run, *, manifest: bytes, document: Mapping[str, Any], files: Mapping[str, bytes]
) -> tuple[dict[str, Any], ...]:
    """Return the three statements about `run`: our own predicate first, then its projections.

    `document` is the verdict document; `files` are those of the bundle that may hold what was tested.
    """
    subjects = _subjects(run, manifest, files)
    predicates = {
        VERDICT_TYPE: _verdict(run, document, files),
        TEST_RESULT_TYPE: _test_result(run, files),
        SUMMARY_TYPE: _summary(run, files),
    }
    made = tuple(
        {"_type": STATEMENT_TYPE_URI, "subject": subjects, "predicateType": kind, "predicate": finite(predicate)}
        for kind, predicate in predicates.items()
    )
    for statement in made:
        _validate(statement)
    return made


def sign(made: Sequence[Mapping[str, Any]], key: Ed25519PrivateKey) -> bytes:
    """Return one line for each statement: a DSSE envelope with the signature of `key`."""
    signer = CryptoSigner(key)
    lines = []
    for statement in made:
        envelope = Envelope(json.dumps(statement, ensure_ascii=False).encode(), PAYLOAD_TYPE, {})
        envelope.sign(signer)
        lines.append(json.dumps(envelope.to_dict()) + "\n")
    return "".join(lines).encode()


def verify(data: bytes, key: Ed25519PublicKey, *, where: str) -> tuple[Mapping[str, Any], ...]:
    """Return the statements in `data`, each of which `key` has signed.

    Raises EvidenceError, naming `where`, when one is not signed by `key` or is no in-toto statement.
    """
    trusted = SSlibKey.from_crypto(key)
    checked = []
    for number, line in enumerate(data.splitlines(), 1):
        envelope = _envelope(line, f"{where}:{number}")
        try:
            envelope.verify([trusted], 1)
        except VerificationError as error:
            raise EvidenceError(
                f"{where}:{number}: expected a signature of the given key, found none that fits"
            ) from error
        checked.append(_statement(envelope, f"{where}:{number}"))
    if not checked:
        raise EvidenceError(f"{where}: expected at least one signed statement, found none")
    return tuple(checked)


def unverified(data: bytes, *, where: str) -> tuple[tuple[str, ...], tuple[Mapping[str, Any], ...]]:
    """Return the ids of the keys that claim to have signed, and the statements, of which nothing is proved."""
    envelopes = [_envelope(line, f"{where}:{number}") for number, line in enumerate(data.splitlines(), 1)]
    ids = sorted({keyid for envelope in envelopes for keyid in envelope.signatures})
    return tuple(ids), tuple(_statement(envelope, where) for envelope in envelopes)


def is_signed_by(line: bytes, key: Ed25519PublicKey, *, where: str) -> bool:
    """Whether `key` has signed the one envelope in `line`; raises EvidenceError where it is none."""
    try:
        _envelope(line, where).verify([SSlibKey.from_crypto(key)], 1)
    except VerificationError:
        return False
    return True


def manifest_digest(statement: Mapping[str, Any]) -> str | None:
    """Return the SHA-256 that a statement gives for the manifest."""
    return next(
        (subject["digest"].get("sha256") for subject in statement["subject"] if subject.get("name") == MANIFEST), None
    )


def _envelope(line: bytes, where: str) -> Envelope:
    document = parse_json(line, where=where)
    try:
        envelope = Envelope.from_dict(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"{where}: expected a DSSE envelope, found something else: {error!r}") from error
    if envelope.payload_type != PAYLOAD_TYPE:
        raise EvidenceError(f"{where}: expected the payload type {PAYLOAD_TYPE}, found {envelope.payload_type!r}")
    return envelope


def _statement(envelope: Envelope, where: str) -> Mapping[str, Any]:
    statement = parse_json(envelope.payload, where=where)
    try:
        _validate(statement)
    except (AttributeError, TypeError, ValueError) as error:
        raise EvidenceError(f"{where}: expected an in-toto statement, found something else: {error}") from error
    found: Mapping[str, Any] = statement
    return found


def _validate(statement: Mapping[str, Any]) -> None:
    """Check a statement, and the predicates that are not ours, against their published messages.

    Raises ValueError (of which protobuf's ParseError is none) with the field that is wrong.
    """
    try:
        Statement.copy_from_pb(ParseDict(statement, StatementMessage())).validate()
        projection = {TEST_RESULT_TYPE: TestResult, SUMMARY_TYPE: VerificationSummary}.get(statement["predicateType"])
        if projection is not None:
            known = {name: value for name, value in statement["predicate"].items() if name not in _MISTYPED}
            ParseDict(known, projection())
    except Exception as error:
        raise ValueError(str(error)) from error


def _subjects(run: Run, manifest: bytes, files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    subjects = [{"name": MANIFEST, "digest": {"sha256": digest(manifest)}}]
    subjects.extend(
        {"name": name, "digest": {"sha256": digest(files[name])}}
        for name in ("scenario.toml", "openapi.json")
        if name in files
    )
    commit, image = str(run.facts.get("commit", "")), str(run.facts.get("image_digest", ""))
    if re.fullmatch(r"[0-9a-f]{40}", commit):
        subjects.append({"name": "commit", "digest": {"gitCommit": commit}})
    if re.fullmatch(r"(sha256:)?[0-9a-f]{64}", image):
        subjects.append({"name": "image", "digest": {"sha256": image.removeprefix("sha256:")}})
    return subjects


def _verdict(run: Run, document: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
    plan = "\n".join(sorted(result.check.id for result in run.results))
    predicate = {
        key: document[key]
        for key in ("decision", "exit_code", "reasons", "waived", "checks", "gates", "not_verified", "versions")
    }
    predicate |= {"run": run.id, "seed": run.seed, "plan_digest": digest(plan.encode()), "target": run.target.base_url}
    if "kill-matrix.json" in files:
        predicate["calibration"] = {"name": "kill-matrix.json", "sha256": digest(files["kill-matrix.json"])}
    return predicate


def _test_result(run: Run, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Only PASSED is passed; nothing is a warning, because policies let warnings through."""
    names = {result.check.id: result.outcome for result in run.results}
    names |= {f"gate: {gate.gate.name}": gate.outcome for gate in run.verdict.gates}
    bad = {Outcome.FAILED, Outcome.ERROR, Outcome.INCONCLUSIVE}
    return {
        "result": "PASSED" if run.verdict.decision is Decision.GO else "FAILED",
        "configuration": [{"name": "scenario.toml", "digest": {"sha256": digest(files["scenario.toml"])}}],
        "passedTests": sorted(name for name, outcome in names.items() if outcome is Outcome.PASSED),
        "failedTests": sorted(name for name, outcome in names.items() if outcome in bad),
    }


def _summary(run: Run, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "verifier": {"id": "urn:harness-verify"},
        "timeVerified": datetime.fromtimestamp(run.ended, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "resourceUri": run.target.base_url,
        "policy": {"uri": "urn:harness-verify:scenario", "digest": {"sha256": digest(files["scenario.toml"])}},
        "verificationResult": "PASSED" if run.verdict.decision is Decision.GO else "FAILED",
        "verifiedLevels": [],
    }
