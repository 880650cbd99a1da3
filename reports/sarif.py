"""`results.sarif` (SARIF 2.1.0): findings at their operation in the OpenAPI document, open questions as kind "open"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.evidence.document import not_verified
from harness.evidence.serialise import json_bytes
from harness.model import Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.evidence.facts import Bundle
    from harness.model import Check, Finding, Run

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.0",
}


def render(bundle: Bundle) -> Mapping[str, bytes]:
    """Return the log with one run."""
    run = bundle.run
    rules = [result.check for result in run.results]
    index = {check.id: position for position, check in enumerate(rules)}
    open_rows = [row for row in not_verified(run.results) if row["outcome"] != Outcome.SKIPPED]
    results = [_finding(run, finding, index) for finding in run.verdict.findings] + [
        _open(run, row, index) for row in open_rows
    ]
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "harness",
                        "version": run.versions.get("harness-verify", "0"),
                        "rules": [_rule(check) for check in rules],
                    }
                },
                "automationDetails": {"id": f"harness/{run.scenario_name}/"},
                "invocations": [
                    {
                        "executionSuccessful": not open_rows and run.interrupted is None,
                        "exitCode": run.exit_code,
                    }
                ],
                "artifacts": [{"location": {"uri": _artifact(run)}}],
                "results": results,
                "columnKind": "unicodeCodePoints",
                "properties": {"decision": run.verdict.decision.value, "seed": run.seed},
            }
        ],
    }
    return {"results.sarif": json_bytes(log)}


def _rule(check: Check) -> dict[str, Any]:
    tags = [
        "security",
        *([f"external/cwe/cwe-{check.cwe}"] if check.cwe else []),
        *([f"OWASP {check.owasp}"] if check.owasp else []),
    ]
    return {
        "id": check.id,
        "name": "".join(word.capitalize() for word in check.id.replace("/", "_").split("_")),
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.explanation or check.title},
        "defaultConfiguration": {"level": _LEVELS[check.severity]},
        "properties": {"tags": tags, "security-severity": _SCORES[check.severity], "precision": "high"},
    }


def _finding(run: Run, finding: Finding, index: Mapping[str, int]) -> dict[str, Any]:
    observation = finding.observation
    result = {
        "ruleId": finding.check.id,
        "ruleIndex": index[finding.check.id],
        "kind": "fail",
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.id}: {observation.sentence}"},
        "locations": [_location(run, observation.operation or observation.subject, observation.users)],
        "partialFingerprints": {"harness/v1": finding.fingerprint},
        "properties": {"security-severity": _SCORES[finding.severity], "exchanges": list(observation.exchanges)},
    }
    if finding.waiver is not None:
        justification = f"{finding.waiver.reason} ({finding.waiver.owner}, until {finding.waiver.expires})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


def _open(run: Run, row: Mapping[str, Any], index: Mapping[str, int]) -> dict[str, Any]:
    return {
        "ruleId": row["check"],
        "ruleIndex": index[row["check"]],
        "kind": "open",
        "level": "none",
        "message": {"text": f"{row['outcome'].upper()}{_reason(row['reason'])}: {row['sentence']}"},
        "locations": [_location(run, row["subject"] or row["check"], ())],
    }


def _reason(reason: str | None) -> str:
    return f" ({reason})" if reason else ""


def _location(run: Run, subject: str, users: Sequence[str]) -> dict[str, Any]:
    """The line of the operation where there is one: a result without a physical location is refused by GitHub."""
    line = next((operation.line for operation in run.target.operations if operation.id == subject), 1)
    logical = [{"name": subject, "fullyQualifiedName": subject, "kind": "function"}]
    return {
        "physicalLocation": {"artifactLocation": {"uri": _artifact(run)}, "region": {"startLine": max(1, line)}},
        "logicalLocations": logical + [{"name": user, "kind": "member"} for user in users],
    }


def _artifact(run: Run) -> str:
    return "scenario.toml" if run.document is None else "openapi.json"
