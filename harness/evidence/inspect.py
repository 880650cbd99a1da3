"""Looking at a bundle that somebody hands over: verified before it is parsed, and judged again from its facts."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.errors import ConfigurationError, HarnessError
from harness.evidence import attestation
from harness.evidence.bundle import read_bundle
from harness.evidence.document import verdict_document
from harness.evidence.facts import SCENARIO, VERDICT
from harness.evidence.keys import key_id
from harness.evidence.keys import public_key as read_public_key
from harness.evidence.manifest import APPROVALS, ATTESTATION, MANIFEST, compare, digest, listed_files
from harness.evidence.recompute import differences, judge
from harness.evidence.serialise import EvidenceError, json_bytes
from harness.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from harness.evidence.facts import Bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionStep:
    """One numbered step of an inspection, how it came out, and what was seen."""

    number: int
    title: str
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What an inspection found: its steps in order, and the bundle if it could be read."""

    steps: tuple[InspectionStep, ...]
    bundle: Bundle | None = None

    @property
    def outcome(self) -> Outcome:
        """FAILED as soon as one step is; INCONCLUSIVE where the signature was not checked against a trusted key."""
        return Outcome.worst(step.outcome for step in self.steps)

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against the bundle (a signature may still be unchecked)."""
        return self.outcome in {Outcome.PASSED, Outcome.INCONCLUSIVE}


def inspect(folder: Path, *, public_key: Path | None = None) -> Inspection:
    """Inspect the bundle in `folder`; no step needs a network, and a key that travels in it is never trusted.

    1. The signature over the manifest is that of `public_key`.
    2. Every file is the one the manifest lists; none was changed, added or removed.
    3. The files can be read as a bundle.
    4. The verdict follows from the observations, the scenario, the load samples and the clean-up.
    5. What was signed states the same verdict.
    6. Approvals that were added speak of this bundle; those by `public_key` are verified, others only named.

    A failed step 1 or 2 does not stop the following ones: they say what else is wrong.
    Raises ConfigurationError when there is no bundle, or `public_key` is none.
    """
    if not (folder / MANIFEST).is_file():
        raise ConfigurationError(
            f"{folder}: expected a bundle with a {MANIFEST}, found none; give the folder of one run"
        )
    trusted = None if public_key is None else read_public_key(public_key)
    signature = _step(1, "signature", lambda: _signature(folder, trusted))
    listed = _step(2, "files", lambda: _files(folder))
    try:
        bundle = read_bundle(folder)
    except HarnessError as error:
        return Inspection(steps=(signature, listed, _failed(3, "content", error)))
    content = InspectionStep(number=3, title="content", outcome=Outcome.PASSED, sentence=_content(bundle))
    verdict = _step(4, "verdict", lambda: _verdict(bundle))
    statement = _step(5, "statement", lambda: _statement(folder, bundle))
    steps = [signature, listed, content, verdict, statement]
    if (folder / APPROVALS).is_file():
        steps.append(_step(6, "approvals", lambda: _approvals(folder, trusted)))
    return Inspection(steps=tuple(steps), bundle=bundle)


def _step(number: int, title: str, look: Callable[[], tuple[Outcome, str]]) -> InspectionStep:
    try:
        outcome, sentence = look()
    except HarnessError as error:
        return _failed(number, title, error)
    return InspectionStep(number=number, title=title, outcome=outcome, sentence=sentence)


def _failed(number: int, title: str, error: HarnessError) -> InspectionStep:
    return InspectionStep(number=number, title=title, outcome=Outcome.FAILED, sentence=str(error))


def _signature(folder: Path, trusted: Ed25519PublicKey | None) -> tuple[Outcome, str]:
    signed = folder / ATTESTATION
    if not signed.is_file():
        outcome = Outcome.INCONCLUSIVE if trusted is None else Outcome.FAILED
        return outcome, f"Not signed: there is no {ATTESTATION}."
    data = signed.read_bytes()
    if trusted is None:
        ids, statements = attestation.unverified(data, where=ATTESTATION)
        _same_manifest(folder, statements)
        names = ", ".join(f"ed25519:{keyid[:16]}" for keyid in ids) or "nobody"
        return (
            Outcome.INCONCLUSIVE,
            f"Signature of {names} present, not verified against a trusted key; give one with --key.",
        )
    statements = attestation.verify(data, trusted, where=ATTESTATION)
    _same_manifest(folder, statements)
    return Outcome.PASSED, f"{len(statements)} statements over {MANIFEST} are signed by {key_id(trusted)}."


def _same_manifest(folder: Path, statements: Sequence[Mapping[str, Any]]) -> None:
    actual = digest((folder / MANIFEST).read_bytes())
    for statement in statements:
        signed = attestation.manifest_digest(statement)
        if signed != actual:
            raise EvidenceError(f"changed: {MANIFEST}; the signed one has the SHA-256 {signed}, this one {actual}")


def _files(folder: Path) -> tuple[Outcome, str]:
    manifest = (folder / MANIFEST).read_bytes()
    if difference := compare(folder, manifest):
        return Outcome.FAILED, f"Not as written: {difference}."
    count = len(listed_files(manifest))
    return Outcome.PASSED, f"{count} files are those that {MANIFEST} lists; none was changed, added or removed."


def _content(bundle: Bundle) -> str:
    run = bundle.run
    observations = sum(len(result.observations) for result in run.results)
    counted = f"{len(run.results)} checks, {observations} observations, {len(run.exchanges)} exchanges"
    return f"Run {run.id} on {run.target.base_url}: {counted}."


def _verdict(bundle: Bundle) -> tuple[Outcome, str]:
    computed = judge(bundle.run)
    different = differences(bundle.run.verdict, computed)
    stated, code = json.loads(bundle.files[VERDICT]).get("exit_code"), replace(bundle.run, verdict=computed).exit_code
    if stated != code:
        different = (*different, f"it states exit code {stated}, which is {code}")
    if different:
        return Outcome.FAILED, f"{VERDICT} does not follow from the observations: {'; '.join(different)}."
    return (
        Outcome.PASSED,
        f"{computed.decision} follows from the recorded observations and {SCENARIO}; computed afresh.",
    )


def _statement(folder: Path, bundle: Bundle) -> tuple[Outcome, str]:
    """The signed statements say no more than the facts, whether or not the key is trusted."""
    if not (folder / ATTESTATION).is_file():
        return Outcome.SKIPPED, "Nothing was signed."
    _, found = attestation.unverified((folder / ATTESTATION).read_bytes(), where=ATTESTATION)
    run = replace(bundle.run, verdict=judge(bundle.run))
    files = {name: data for name, data in bundle.files.items() if name != ATTESTATION}
    document = json.loads(json_bytes(verdict_document(run)))
    expected = attestation.statements(run, manifest=files[MANIFEST], document=document, files=files)
    if wrong := [statement["predicateType"] for statement in found if dict(statement) not in expected]:
        return Outcome.FAILED, f"What is signed does not follow from the facts: {', '.join(wrong)}."
    return Outcome.PASSED, f"All {len(found)} statements say what the facts say."


def _approvals(folder: Path, trusted: Ed25519PublicKey | None) -> tuple[Outcome, str]:
    said = []
    for number, line in enumerate((folder / APPROVALS).read_bytes().splitlines(), 1):
        where = f"{APPROVALS}:{number}"
        ids, statements = attestation.unverified(line, where=where)
        _same_manifest(folder, statements)
        if any(statement["predicateType"] != attestation.APPROVAL_TYPE for statement in statements):
            raise EvidenceError(f"{where}: expected an approval, found another statement")
        verified = trusted is not None and attestation.is_signed_by(line, trusted, where=where)
        said.append((verified, _approval(statements[0]["predicate"], ids, verified=verified)))
    outcome = Outcome.PASSED if said and all(verified for verified, _ in said) else Outcome.INCONCLUSIVE
    return outcome, "; ".join(sentence for _, sentence in said) or "The file is empty."


def _approval(predicate: Mapping[str, Any], ids: Sequence[str], *, verified: bool) -> str:
    names = ", ".join(f"ed25519:{keyid[:16]}" for keyid in ids) or "nobody"
    reason = f" ({predicate['reason']})" if predicate.get("reason") else ""
    trust = "verified" if verified else "not verified against a trusted key"
    said = f"{predicate.get('role')} approves {predicate.get('decision')}{reason} on {predicate.get('at')}"
    return f"{said}, {names}: {trust}"
