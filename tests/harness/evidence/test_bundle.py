"""A bundle is whole, true to its run and free of secrets, or it does not get its name."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import jsonschema
import pytest

from harness.evidence.bundle import read_bundle, write_bundle
from harness.evidence.document import verdict_document, verdict_schema
from harness.evidence.inspect import inspect
from harness.evidence.manifest import compare, files_below
from harness.evidence.recompute import judge
from harness.evidence.redact import Redactor
from harness.evidence.serialise import EvidenceError
from harness.model import Decision, GateResult, Outcome, Response
from reports import renderers
from tests.harness.evidence import builders

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from harness.evidence.facts import Bundle
    from harness.model import Run

MISSION = {
    "STAGING_DEPLOYMENT_LOG.txt",
    "SMOKE_TEST_RESULTS.txt",
    "METRICS_SNAPSHOT.json",
    "SUPABASE_JWT_VERIFICATION.txt",
    "CANARY_GO_DECISION.md",
}


def test_what_is_read_back_is_what_was_written(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    """Results, exchanges, samples, clean-up, verdict and facts survive the way through the files."""
    run = builders.run(leak=True)
    bundle = read_bundle(write_bundle(run, tmp_path, redactor=Redactor(), key=key).folder)
    for name in (
        "results",
        "exchanges",
        "load",
        "cleanup",
        "verdict",
        "timeline",
        "facts",
        "document",
        "scenario_text",
        "versions",
    ):
        assert getattr(bundle.run, name) == getattr(run, name), name


def test_a_finding_that_was_seen_several_times_is_read_back_as_the_first(
    tmp_path: Path, key: Ed25519PrivateKey
) -> None:
    """The same sentence about other exchanges is the same finding, and the bundle verifies."""
    run = builders.run(leak=True)
    leaking = next(each for each in run.results if each.outcome is Outcome.FAILED)
    again = replace(leaking.observations[0], exchanges=("x00003", "x00004"))
    results = tuple(
        replace(each, observations=(*each.observations, again)) if each is leaking else each for each in run.results
    )
    repeated = replace(run, results=results)
    repeated = replace(repeated, verdict=judge(repeated))
    bundle = read_bundle(write_bundle(repeated, tmp_path, redactor=Redactor(), key=key).folder)
    assert bundle.run.verdict == repeated.verdict


def test_every_file_of_the_mission_is_there(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    """The five by name, and one of each other format."""
    folder = write_bundle(builders.run(leak=True), tmp_path, redactor=Redactor(), key=key, renderers=renderers()).folder
    present = set(files_below(folder))
    others = {
        "verdict.json",
        "report.html",
        "junit.xml",
        "results.sarif",
        "exchanges.har",
        "observations.jsonl",
        "openapi.json",
        "cleanup.jsonl",
        "manifest.json",
    }
    assert present >= MISSION | others | {"attestation.intoto.jsonl", "allure-results/categories.json", "summary.md"}
    assert any(name.startswith("findings/ISO-") for name in present)
    assert any(name.endswith(".hgrm") for name in present)
    assert "reports-not-written.txt" not in present
    assert not compare(folder, (folder / "manifest.json").read_bytes())


def test_nothing_but_the_bundle_is_left_in_the_folder(tmp_path: Path) -> None:
    """The work folder has become the bundle."""
    write_bundle(builders.run(), tmp_path / "artifacts", redactor=Redactor())
    assert [path.name for path in (tmp_path / "artifacts").iterdir()] == ["7f3a2c"]


@pytest.mark.parametrize("leak", [True, False])
def test_the_verdict_document_obeys_its_published_schema(leak: bool) -> None:
    """Also with an infinite percentile, which JSON cannot say as a number."""
    run = builders.run(leak=leak)
    endless = GateResult(
        gate=run.verdict.gates[0].gate, outcome=Outcome.FAILED, observed=float("inf"), high=float("inf"), n=3
    )
    run = replace(run, verdict=replace(run.verdict, gates=(*run.verdict.gates, endless)))
    document = json.loads(json.dumps(verdict_document(run)))
    jsonschema.Draft202012Validator.check_schema(verdict_schema())
    jsonschema.validate(document, verdict_schema())
    assert document["gates"][-1]["observed"] == "Infinity"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "decision": "MAYBE"}, verdict_schema())


def test_a_run_that_states_more_than_it_saw_gets_no_bundle(tmp_path: Path) -> None:
    """The stated decision must follow from what was recorded; what was written stays, under another name."""
    run = builders.run(leak=True)
    lie = replace(run, verdict=replace(run.verdict, decision=Decision.GO))
    with pytest.raises(EvidenceError, match="states GO, which does not follow"):
        write_bundle(lie, tmp_path, redactor=Redactor())
    assert not (tmp_path / "7f3a2c").exists()
    assert (tmp_path / "7f3a2c.unverified" / "observations.jsonl").exists()


def test_an_interrupted_run_leaves_a_bundle_that_says_so(tmp_path: Path) -> None:
    """No results, no load, no exchanges: HOLD, with the reason, and 2 as the exit code, which an inspection expects."""
    run = builders.run(interrupted="SIGTERM", results=(), exchanges=(), load=None, cleanup=(), document=None, facts={})
    folder = write_bundle(run, tmp_path, redactor=Redactor(), renderers=renderers()).folder
    verdict = json.loads((folder / "verdict.json").read_text())
    assert (verdict["decision"], verdict["exit_code"], run.exit_code) == ("HOLD", 2, 2)
    assert inspect(folder).sound
    assert "SIGTERM" in " ".join(verdict["reasons"])
    assert "SIGTERM" in (folder / "report.html").read_text()
    assert not (folder / "reports-not-written.txt").exists()


def test_a_broken_report_costs_no_evidence(tmp_path: Path) -> None:
    """The other files are written, and the broken one is named."""

    def broken(bundle: Bundle) -> Mapping[str, bytes]:
        raise RuntimeError(bundle.run.id)

    folder = write_bundle(
        builders.run(), tmp_path, redactor=Redactor(), renderers=[broken, lambda _: {"fine.txt": b"fine"}]
    ).folder
    assert (folder / "fine.txt").read_bytes() == b"fine"
    assert "RuntimeError: 7f3a2c" in (folder / "reports-not-written.txt").read_text()


@pytest.mark.parametrize("name", ["verdict.json", "manifest.json", "../escape", "/absolute"])
def test_a_report_neither_replaces_a_fact_nor_leaves_the_folder(tmp_path: Path, name: str) -> None:
    """Names of facts, and names that lead elsewhere, are refused."""
    with pytest.raises(EvidenceError):
        write_bundle(builders.run(), tmp_path, redactor=Redactor(), renderers=[lambda _: {name: b""}])
    assert not (tmp_path / "escape").exists()


def test_a_bundle_is_never_overwritten_but_takes_in_the_journal(tmp_path: Path) -> None:
    """The journal of the run may stand in its folder already; a finished bundle may not."""
    (tmp_path / "7f3a2c").mkdir()
    (tmp_path / "7f3a2c" / "journal.jsonl").write_bytes(b'{"event":"intended"}\n')
    folder = write_bundle(builders.run(), tmp_path, redactor=Redactor()).folder
    assert (folder / "journal.jsonl").read_bytes() == b'{"event":"intended"}\n'
    with pytest.raises(EvidenceError, match="never overwritten"):
        write_bundle(builders.run(), tmp_path, redactor=Redactor())


def test_no_secret_is_in_any_byte_of_a_bundle(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    """Sentinels in headers, bodies, cookies, targets, sentences, facts and the scenario come out in no form at all."""
    secret = "s3ntinel/value+of=alice"
    token = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJzM250aW5lbCJ9." + "s3ntinelS1gnatureS1gnature"
    folder = write_bundle(
        _planted(secret, token),
        tmp_path,
        redactor=Redactor({secret: "alice's credential"}),
        key=key,
        renderers=renderers(),
    ).folder
    needles = [
        secret.encode(),
        token.encode(),
        token.rpartition(".")[2].encode(),
        secret.encode().hex().encode(),
        b"s3ntinel%2Fvalue",
    ]
    needles += [base64.b64encode(b"\0" * lead + secret.encode())[4:24] for lead in range(3)]
    for name in files_below(folder):
        data = (folder / name).read_bytes()
        assert not [needle for needle in needles if needle in data], name
        assert not [needle for needle in needles if needle in _payloads(name, data)], name
    assert b"alice's credential" in (folder / "exchanges.jsonl").read_bytes()


def _planted(secret: str, token: str) -> Run:
    exchanges = list(builders.attack(leak=True))
    encoded = base64.b64encode(b"x:" + secret.encode())
    exchanges[0] = replace(
        exchanges[0],
        request=replace(
            exchanges[0].request,
            target=f"/notes?key=s3ntinel%2Fvalue%2Bof%3Dalice&t={token}",
            headers=(("X-Custom", secret), ("Authorization", f"Basic {encoded.decode()}")),
            body=json.dumps({"nested": json.dumps({"password": secret})}).encode(),
        ),
        response=Response(
            status=201, headers=(("Set-Cookie", f"sid={secret}; Path=/"),), body=b"\xff\xfe" + secret.encode() + encoded
        ),
        error=f"broke on {secret.encode().hex()}",
    )
    results = builders.results(leak=True)
    said = replace(results[0].observations[0], sentence=f"the answer held {secret} and {token}")
    results = (replace(results[0], observations=(said,)), *results[1:])
    facts = {**builders.facts(), "note": secret, "deep": [{"a": encoded.decode()}]}
    return builders.run(
        results=results,
        exchanges=tuple(exchanges),
        facts=facts,
        scenario_text=builders.SCENARIO + f"# {secret}\n",
        command=f"harness --token {token}",
    )


def _payloads(name: str, data: bytes) -> bytes:
    """What is inside the envelopes of the attestation."""
    if not name.endswith(".intoto.jsonl"):
        return b""
    return b"".join(base64.b64decode(json.loads(line)["payload"]) for line in data.splitlines())
