"""An inspection trusts nothing that travels in the bundle, and names what is wrong."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from in_toto_attestation.v1.statement import STATEMENT_TYPE_URI

from harness.evidence import attestation
from harness.evidence.bundle import write_bundle
from harness.evidence.inspect import inspect
from harness.evidence.keys import public_pem, signing_key
from harness.evidence.manifest import ATTESTATION, MANIFEST, digest, files_below, make_manifest
from harness.evidence.redact import Redactor
from harness.model import Outcome
from tests.harness.evidence import builders

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@pytest.fixture
def folder(tmp_path: Path, signed: Path) -> Path:
    """A copy of a signed bundle of a NO-GO with every report, free to be tampered with."""
    return Path(shutil.copytree(signed, tmp_path / "bundle"))


def _outcomes(folder: Path, public: Path | None) -> dict[str, Outcome]:
    return {step.title: step.outcome for step in inspect(folder, public_key=public).steps}


def _sentences(folder: Path, public: Path | None) -> str:
    return "\n".join(step.sentence for step in inspect(folder, public_key=public).steps)


def test_an_untouched_bundle_passes_every_step(folder: Path, public: Path) -> None:
    """Signature, files, content, verdict and statement, in this order."""
    inspection = inspect(folder, public_key=public)
    assert [(step.number, step.title) for step in inspection.steps] == [
        (1, "signature"),
        (2, "files"),
        (3, "content"),
        (4, "verdict"),
        (5, "statement"),
    ]
    assert inspection.outcome is Outcome.PASSED
    assert "NO-GO follows from the recorded observations" in _sentences(folder, public)


def test_without_a_key_the_signature_is_present_but_not_verified(folder: Path) -> None:
    """Nobody learns to trust a key that came along."""
    inspection = inspect(folder)
    assert inspection.outcome is Outcome.INCONCLUSIVE
    assert inspection.sound
    assert "present, not verified against a trusted key" in inspection.steps[0].sentence


def test_another_key_does_not_fit(folder: Path, tmp_path: Path) -> None:
    """A signature of somebody else is none."""
    other = tmp_path / "other.pem"
    other.write_bytes(public_pem(signing_key(None, state=tmp_path / "other")))
    assert _outcomes(folder, other)["signature"] is Outcome.FAILED


def test_each_changed_file_is_named(folder: Path, public: Path) -> None:
    """One byte more in any file, the manifest and the attestation included, and the inspection fails with its name."""
    for name in files_below(folder):
        path = folder / name
        original = path.read_bytes()
        path.write_bytes(original + b" ")
        inspection = inspect(folder, public_key=public)
        path.write_bytes(original)
        assert inspection.outcome is Outcome.FAILED, name
        assert name in inspection.steps[1].sentence + inspection.steps[0].sentence, name


def test_each_removed_file_is_named(folder: Path, public: Path) -> None:
    """Taking a file away is seen."""
    for name in set(files_below(folder)) - {MANIFEST}:
        path = folder / name
        original = path.read_bytes()
        path.unlink()
        inspection = inspect(folder, public_key=public)
        path.write_bytes(original)
        assert inspection.outcome is Outcome.FAILED, name
        assert name in inspection.steps[1].sentence + inspection.steps[0].sentence, name


@pytest.mark.parametrize("name", ["extra.txt", "findings/ISO-000000.sh", ".hidden"])
def test_an_added_file_is_named(folder: Path, public: Path, name: str) -> None:
    """Putting a file in is seen."""
    (folder / name).write_text("extra")
    assert f"added: {name}" in _sentences(folder, public)


def test_a_file_replaced_by_a_link_to_the_same_content_is_named(folder: Path, public: Path, tmp_path: Path) -> None:
    """A link could lead elsewhere tomorrow."""
    (tmp_path / "copy").write_bytes((folder / "verdict.json").read_bytes())
    (folder / "verdict.json").unlink()
    (folder / "verdict.json").symlink_to(tmp_path / "copy")
    assert "changed: verdict.json" in _sentences(folder, public)


def _reseal(folder: Path, key: Ed25519PrivateKey, statements: list[dict[str, Any]] | None = None) -> None:
    """What somebody with the key would do to hide a change."""
    manifest = make_manifest({name: (folder / name).read_bytes() for name in files_below(folder)})
    (folder / MANIFEST).write_bytes(manifest)
    _, old = attestation.unverified((folder / ATTESTATION).read_bytes(), where=ATTESTATION)
    made = statements if statements is not None else [dict(statement) for statement in old]
    for statement in made:
        statement["subject"] = [
            {"name": MANIFEST, "digest": {"sha256": digest(manifest)}},
            *statement["subject"][1:],
        ]
    (folder / ATTESTATION).write_bytes(attestation.sign(made, key))


def _edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_verdict_changed_alone_is_caught_even_when_signed_again(
    folder: Path, public: Path, key: Ed25519PrivateKey
) -> None:
    """The verdict is computed from the observations; stating another one does not help."""
    _edit(folder / "verdict.json", decision="GO", exit_code=0)
    _reseal(folder, key)
    outcomes = _outcomes(folder, public)
    assert outcomes["signature"] is Outcome.PASSED
    assert outcomes["files"] is Outcome.PASSED
    assert outcomes["verdict"] is Outcome.FAILED
    assert "it states GO, the observations say NO-GO" in _sentences(folder, public)


@pytest.mark.parametrize(
    "changes",
    [{"gates": []}, {"findings": []}, {"reasons": ["All is well."]}, {"waived": 3}, {"exit_code": 0}],
    ids=lambda changes: next(iter(changes)),
)
def test_every_part_of_the_verdict_is_compared(
    folder: Path, public: Path, key: Ed25519PrivateKey, changes: dict[str, Any]
) -> None:
    """Gates, findings, reasons and waivers follow from the observations, too."""
    _edit(folder / "verdict.json", **changes)
    _reseal(folder, key)
    assert _outcomes(folder, public)["verdict"] is Outcome.FAILED


def test_a_finding_that_no_observation_shows_is_caught(folder: Path, public: Path, key: Ed25519PrivateKey) -> None:
    """A finding cannot be made up."""
    verdict = json.loads((folder / "verdict.json").read_text())
    _edit(folder / "verdict.json", findings=[{**verdict["findings"][0], "sentence": "something else"}])
    _reseal(folder, key)
    assert "which no observation shows" in _sentences(folder, public)


def test_a_signed_statement_that_says_more_than_the_facts_is_caught(
    folder: Path, public: Path, key: Ed25519PrivateKey
) -> None:
    """The signed predicate is compared with the recorded facts, not believed."""
    _, old = attestation.unverified((folder / ATTESTATION).read_bytes(), where=ATTESTATION)
    statements = [json.loads(json.dumps(dict(statement))) for statement in old]
    statements[0]["predicate"]["decision"] = "GO"
    _reseal(folder, key, statements)
    outcomes = _outcomes(folder, public)
    assert outcomes["verdict"] is Outcome.PASSED
    assert outcomes["statement"] is Outcome.FAILED


def test_an_attestation_of_another_bundle_does_not_fit(
    folder: Path, public: Path, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    """A good signature over another manifest is worth nothing here."""
    other = write_bundle(builders.run(), tmp_path / "other", redactor=Redactor(), key=key).folder
    (folder / ATTESTATION).write_bytes((other / ATTESTATION).read_bytes())
    assert "changed: manifest.json" in _sentences(folder, public)


@pytest.mark.parametrize("content", [b"", b"\xff\xff", b"[]", b"{}", b'{"format": 99}', b"null"])
@pytest.mark.parametrize("name", ["run.json", "verdict.json", "manifest.json", "attestation.intoto.jsonl"])
def test_nonsense_is_one_failed_step_and_no_traceback(folder: Path, public: Path, name: str, content: bytes) -> None:
    """Whatever stands in the files, an inspection ends with an outcome."""
    (folder / name).write_bytes(content)
    assert inspect(folder, public_key=public).outcome is Outcome.FAILED


def test_the_projections_say_failed_for_all_that_did_not_pass(folder: Path) -> None:
    """SLSA and in-toto readers see FAILED; nothing is a warning, because policies let warnings through."""
    _, statements = attestation.unverified((folder / ATTESTATION).read_bytes(), where=ATTESTATION)
    predicates = {statement["predicateType"]: statement["predicate"] for statement in statements}
    assert {statement["_type"] for statement in statements} == {STATEMENT_TYPE_URI}
    result = predicates[attestation.TEST_RESULT_TYPE]
    assert result["result"] == "FAILED"
    assert "isolation/delete_foreign_object" in result["failedTests"]
    assert "warnedTests" not in result
    assert predicates[attestation.SUMMARY_TYPE]["verificationResult"] == "FAILED"
    assert "version" not in predicates[attestation.SUMMARY_TYPE]["verifier"]
    assert predicates[attestation.VERDICT_TYPE]["decision"] == "NO-GO"


def test_an_unsigned_bundle_says_so(tmp_path: Path, public: Path) -> None:
    """Without a key the signature is missing; with one that is a failure."""
    folder = write_bundle(builders.run(), tmp_path / "artifacts", redactor=Redactor()).folder
    assert _outcomes(folder, None)["signature"] is Outcome.INCONCLUSIVE
    assert _outcomes(folder, public)["signature"] is Outcome.FAILED


def test_the_envelope_is_one_that_other_tools_verify(folder: Path, public: Path, tmp_path: Path) -> None:
    """The DSSE pre-authentication encoding, built by hand and given to OpenSSL with the signature, verifies."""
    envelope = json.loads((folder / ATTESTATION).read_text().splitlines()[0])
    payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
    (tmp_path / "message").write_bytes(b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload))
    (tmp_path / "signature").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        str(public),
        "-rawin",
        "-in",
        "message",
        "-sigfile",
        "signature",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Signature Verified Successfully" in done.stdout + done.stderr
