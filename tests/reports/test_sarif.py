"""SARIF says where, how bad and how sure, in the way that code hosts want it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reports import sarif
from tests.harness.evidence import builders
from tests.reports import runs
from tests.reports.runs import BUNDLES

if TYPE_CHECKING:
    from harness.evidence.facts import Bundle


def _sarif(bundle: Bundle) -> Any:
    return json.loads(sarif.render(bundle)["results.sarif"])["runs"][0]


def test_sarif_results_have_a_place_a_fingerprint_and_a_score() -> None:
    """GitHub refuses a file in which one result has no physical location."""
    bundle = BUNDLES["leak"]
    run = _sarif(bundle)
    (result,) = run["results"]
    finding = bundle.run.verdict.findings[0]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "openapi.json"},
        "region": {"startLine": 13},
    }
    assert result["partialFingerprints"] == {"harness/v1": finding.fingerprint}
    assert (result["kind"], result["level"]) == ("fail", "error")
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == finding.check.id
    assert rule["properties"]["security-severity"] == "9.5"
    assert run["invocations"][0]["executionSuccessful"] is True


def test_sarif_open_questions_are_open_and_the_run_unsuccessful() -> None:
    """Kind open, level none, executionSuccessful false."""
    run = _sarif(BUNDLES["undecided"])
    assert {(result["kind"], result["level"]) for result in run["results"]} == {("open", "none")}
    assert len(run["results"]) == 2
    assert all(result["locations"][0]["physicalLocation"] for result in run["results"])
    assert run["invocations"][0]["executionSuccessful"] is False
    assert _sarif(runs.bundle(interrupted="SIGTERM"))["invocations"][0]["executionSuccessful"] is False


def test_a_waived_finding_is_suppressed_in_sarif() -> None:
    """With the reason, the owner and the date."""
    fingerprint = BUNDLES["leak"].run.verdict.findings[0].fingerprint
    waiver = f'[[waivers]]\nfingerprint = "{fingerprint}"\nreason = "known, fixed in May"\n'
    waiver += 'owner = "dana"\nexpires = "2030-01-01"\n'
    bundle = runs.bundle(leak=True, scenario_text=builders.SCENARIO + waiver)
    (result,) = _sarif(bundle)["results"]
    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "known, fixed in May (dana, until 2030-01-01)"}
    ]
