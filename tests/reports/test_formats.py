"""Every format says what the run says; an open question is a pass in none."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from allure_commons import model2
from junitparser import JUnitXml

import reports
from harness.model import Decision, LoadRun, Sample
from reports import allure, har, junit, markdown, metrics, text
from tests.harness.evidence import builders
from tests.reports import runs
from tests.reports.runs import BUNDLES

if TYPE_CHECKING:
    from harness.evidence.facts import Bundle


@pytest.mark.parametrize("bundle", BUNDLES.values(), ids=BUNDLES)
def test_every_renderer_renders_every_bundle_twice_alike(bundle: Bundle) -> None:
    """Nothing breaks on what is missing or hostile, and rendering is a pure function."""
    for render in reports.renderers():
        first = render(bundle)
        assert first == render(bundle)
        assert all(isinstance(data, bytes) for data in first.values())


def test_formats_are_found_by_walking_the_package() -> None:
    """A module is a format; names are nowhere listed."""
    names = {render.__module__ for render in reports.renderers()}
    assert names >= {
        f"reports.{name}"
        for name in ("html", "markdown", "text", "metrics", "junit", "sarif", "allure", "har", "scripts")
    }
    assert not [name for name in names if "._" in name]


def test_junit_is_read_by_an_independent_parser_and_adds_up() -> None:
    """Each check and each gate is a case; failed is a failure, INCONCLUSIVE and ERROR are errors."""
    for bundle in BUNDLES.values():
        document = JUnitXml.fromstring(junit.render(bundle)["junit.xml"])
        assert sum(suite.tests for suite in document) == len(bundle.run.results) + len(bundle.run.verdict.gates)
    root = ET.fromstring(junit.render(BUNDLES["undecided"])["junit.xml"])
    case = root.find(".//testcase[@name='limits/own_bucket']")
    assert case is not None
    error = case.find("error")
    assert error is not None
    assert error.attrib == {"type": "INCONCLUSIVE", "message": "quota: an unplanned 429 came"}
    assert case.find("skipped") is None
    assert [element.get("type") for element in root.iterfind(".//testcase[@name='contract/conforms']/error")] == [
        "ERROR"
    ]
    assert int(root.get("errors") or 0) == len(root.findall(".//error"))


def test_allure_results_have_the_shape_of_its_own_model() -> None:
    """Keys are those of the model, statuses too; INCONCLUSIVE and ERROR are broken; attachments exist."""
    known = set(model2.TestResult().__dict__) | {"uuid", "historyId", "testCaseId", "fullName"}
    statuses = {value for name, value in vars(model2.Status).items() if not name.startswith("_")}
    for bundle in BUNDLES.values():
        files = allure.render(bundle)
        results = [json.loads(data) for name, data in files.items() if name.endswith("-result.json")]
        assert len(results) == len(bundle.run.results)
        for result in results:
            assert set(result) <= known | {attribute.name for attribute in model2.TestResult.__attrs_attrs__}
            assert result["status"] in statuses
            assert all(f"allure-results/{each['source']}" in files for each in result["attachments"])
    found = {
        json.loads(data)["fullName"]: json.loads(data)["status"]
        for name, data in allure.render(BUNDLES["undecided"]).items()
        if name.endswith("-result.json")
    }
    assert (found["limits/own_bucket"], found["contract/conforms"], found["database/policies"]) == (
        "broken",
        "broken",
        "skipped",
    )


def test_har_holds_every_exchange_with_the_fields_of_version_1_2() -> None:
    """Bodies as text or base64, a request without an answer with status 0."""
    lost = replace(builders.attack(leak=True)[0], id="x9", response=None, error="timeout")
    binary = builders.exchange(10, "bob", "GET", "/file?a=1&b=", 200, raw=b"\xff\x00")
    log = json.loads(
        har.render(runs.bundle(leak=True, exchanges=(*builders.attack(leak=True), lost, binary)))["exchanges.har"]
    )["log"]
    assert log["version"] == "1.2"
    entries = log["entries"]
    assert len(entries) == 6
    needed = {"startedDateTime", "time", "request", "response", "cache", "timings"}
    assert all(needed <= set(entry) and {"send", "wait", "receive"} == set(entry["timings"]) for entry in entries)
    assert (entries[4]["response"]["status"], entries[4]["comment"]) == (0, "timeout")
    assert entries[5]["response"]["content"] == {
        "size": 2,
        "mimeType": "application/json",
        "text": "/wA=",
        "encoding": "base64",
    }
    assert entries[5]["request"]["queryString"] == [{"name": "a", "value": "1"}, {"name": "b", "value": ""}]
    assert entries[0]["request"]["url"] == "https://staging.example.com/notes"


def test_the_decision_document_holds_reasons_guardrails_schedule_and_sign_offs() -> None:
    """Every part of the mission, and a NO-GO does not read like permission."""
    said = markdown.render(BUNDLES["leak"])["CANARY_GO_DECISION.md"].decode()
    assert said.startswith("# NO-GO\n")
    assert "must not take real traffic" in said
    for expected in (
        "## Reasons",
        "## Guardrails",
        "## Rollout",
        "## Rollback",
        "## Not verified",
        "## Sign-offs",
        "| 5 % | 15 min | 1 |",
        "| 100 % | 12 h | none |",
    ):
        assert expected in said, expected
    assert "may take real traffic" in markdown.render(BUNDLES["go"])["CANARY_GO_DECISION.md"].decode()
    assert "Confidence" not in said


def test_markdown_shows_hostile_text_as_text() -> None:
    """No tag, no table cell and no line of its own."""
    for data in markdown.render(BUNDLES["hostile"]).values():
        said = data.decode("utf-8", "replace")
        assert not re.search(r"(?<!\\)<(script|img)", said)
        assert all(line.count(" | ") == 6 for line in said.splitlines() if line.startswith("| ✗"))


def test_the_step_summary_stays_below_its_limit() -> None:
    """Ten findings, whatever their number, and a cut where that is not enough."""
    said = markdown.render(runs.many(200))["summary.md"].decode()
    assert said.count("\n- **ISO-") == 10
    assert "and 190 more" in said
    run = BUNDLES["leak"].run
    endless = replace(run, verdict=replace(run.verdict, reasons=("x" * 2_000_000,)))
    assert len(markdown.render(runs.bundle(endless))["summary.md"]) <= 900_000


def test_counts_of_the_smoke_test_add_up() -> None:
    """The sum over outcomes is the number in brackets, for families, checks and observations."""
    for bundle in BUNDLES.values():
        said = text.render(bundle)["SMOKE_TEST_RESULTS.txt"].decode()
        lines = re.findall(r"^\S.*: ((?:\d+ \w+(?:, )?)+) \((\d+) \w+\)$", said, re.MULTILINE)
        assert bundle.run.results == () or len(lines) >= 3
        assert all(sum(map(int, re.findall(r"\d+", counts))) == int(total) for counts, total in lines)


def test_the_deployment_log_compares_what_was_expected_with_what_was_found() -> None:
    """A different commit and a missing route stand out; what was not looked at is not called fine."""
    facts = {**builders.facts(), "routes": {"expected": ["GET /gone"], "found": []}}
    other = builders.SCENARIO.replace("4f1c2ab", "aaaa")
    said = text.render(runs.bundle(facts=facts, scenario_text=other))["STAGING_DEPLOYMENT_LOG.txt"].decode()
    assert "/commit: expected aaaa, found 4f1c2ab: DIFFERENT" in said
    assert "GET /gone: MISSING" in said
    assert "found 4f1c2ab: as expected" in text.render(runs.bundle())["STAGING_DEPLOYMENT_LOG.txt"].decode()
    silent = replace(builders.run(facts={}), target=replace(builders.run().target, version=None))
    bare = text.render(runs.bundle(silent))["STAGING_DEPLOYMENT_LOG.txt"].decode()
    assert "/commit: expected 4f1c2ab, found nothing: DIFFERENT" in bare
    assert bare.count("not verified") == 3


def test_token_verification_lists_what_was_accepted() -> None:
    """Every cell with its sentence; nothing tried is said to be that."""
    said = text.render(BUNDLES["leak"])["SUPABASE_JWT_VERIFICATION.txt"].decode()
    assert "Cells: 30 passed (30 cells)" in said
    assert "Accepted: none" in said
    assert "algorithm: HS256" in said
    assert (
        "not verified: no forged token was sent"
        in text.render(BUNDLES["empty"])["SUPABASE_JWT_VERIFICATION.txt"].decode()
    )


def test_the_metrics_snapshot_counts_unanswered_requests_as_infinite() -> None:
    """A p95 beyond the answered samples is Infinity, from the intended time as from the send time."""
    answered = [
        Sample(operation="GET /a", intended=float(at), started=at + 0.5, done=at + 0.6, status=200) for at in range(90)
    ]
    lost = [Sample(operation="GET /a", intended=float(at), kind="unsent") for at in range(90, 100)]
    load = LoadRun(samples=(*answered, *lost), seconds=100.0, asked_rate=1.0, lateness_p99=0.5, generator_cpu=0.1)
    files = metrics.render(runs.bundle(load=load))
    latency = json.loads(files["METRICS_SNAPSHOT.json"])["latency_ms"]["GET /a"]
    assert latency["from_intended_time"]["p50"] == pytest.approx(600)
    assert latency["from_send_time"]["p50"] == pytest.approx(100)
    assert latency["from_intended_time"]["p95"] == "Infinity"
    assert (latency["n"], latency["failures"]) == (100, 10)
    histogram = files["latency/01-GET_a.hgrm"].decode()
    assert "600.000 1.000000000000         90" in histogram
    assert "not in the above = 10" in histogram


def test_decisions_are_those_of_the_bundles() -> None:
    """The bundles of this module are what their names say."""
    decisions = {name: bundle.run.verdict.decision for name, bundle in BUNDLES.items()}
    assert decisions["leak"] is Decision.NO_GO
    assert decisions["go"] is Decision.GO
    assert decisions["undecided"] is Decision.HOLD
    assert decisions["empty"] is Decision.HOLD
