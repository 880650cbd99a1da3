"""`allure-results/`: a result for each check, its observations as steps, the scripts of its findings attached."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Any

from harness.evidence.serialise import json_bytes
from harness.model import Outcome, Severity
from reports import scripts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.evidence.facts import Bundle
    from harness.model import Observation, Result, Run

_FOLDER = "allure-results"
_STATUS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.ERROR: "broken",
    Outcome.INCONCLUSIVE: "broken",
    Outcome.SKIPPED: "skipped",
}
SEVERITY = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "normal",
    Severity.LOW: "minor",
    Severity.INFO: "trivial",
}
_CATEGORIES = [
    {"name": "Findings", "matchedStatuses": ["failed"]},
    {"name": "Inconclusive", "matchedStatuses": ["broken"], "messageRegex": "(?s)INCONCLUSIVE.*"},
    {"name": "Broken checks", "matchedStatuses": ["broken"], "messageRegex": "(?s)ERROR.*"},
]


def render(bundle: Bundle) -> Mapping[str, bytes]:
    """Return the folder of results, which an Allure command line turns into its report."""
    run = bundle.run
    made: dict[str, bytes] = {}
    for result in run.results:
        identifier = uuid.uuid5(uuid.NAMESPACE_URL, f"{run.id}/{result.check.id}")
        attachments = _attachments(run, result)
        made[f"{_FOLDER}/{identifier}-result.json"] = json_bytes(
            _result(run, result, str(identifier), list(attachments))
        )
        made.update({f"{_FOLDER}/{name}": data for name, (_, data) in attachments.items()})
    made[f"{_FOLDER}/categories.json"] = json_bytes(_CATEGORIES)
    environment = {
        "target": run.target.base_url,
        "run": run.id,
        "seed": str(run.seed),
        "decision": run.verdict.decision.value,
        **run.versions,
    }
    lines = (f"{name}={' '.join(str(value).split())}\n" for name, value in environment.items())
    made[f"{_FOLDER}/environment.properties"] = "".join(lines).encode()
    return made


def _result(run: Run, result: Result, identifier: str, attachments: list[str]) -> dict[str, Any]:
    check = result.check
    start = int(run.started * 1000)
    labels = {
        "framework": "harness",
        "parentSuite": "harness",
        "suite": check.family,
        "severity": SEVERITY[check.severity],
    }
    tags = [
        *check.catches,
        *([f"OWASP {check.owasp}"] if check.owasp else []),
        *([f"CWE-{check.cwe}"] if check.cwe else []),
    ]
    stable = hashlib.md5(f"{run.scenario_name}/{check.id}".encode(), usedforsecurity=False).hexdigest()
    return {
        "uuid": identifier,
        "historyId": stable,
        "testCaseId": stable,
        "fullName": check.id,
        "name": check.title,
        "description": check.explanation,
        "status": _STATUS[result.outcome],
        "statusDetails": {"message": _message(result)},
        "stage": "finished",
        "start": start,
        "stop": start + int(result.seconds * 1000),
        "labels": [{"name": name, "value": value} for name, value in labels.items()]
        + [{"name": "tag", "value": tag} for tag in tags],
        "steps": [_step(observation, start) for observation in result.observations],
        "attachments": [
            {
                "name": name.partition("-")[2].removesuffix("-attachment.sh"),
                "source": name,
                "type": "text/x-shellscript",
            }
            for name in attachments
        ],
    }


def _message(result: Result) -> str:
    telling = [f"{seen.subject}: {seen.sentence}" for seen in result.observations if seen.outcome is result.outcome]
    if result.error is not None:
        telling.append(f"The check broke: {result.error}")
    return f"{result.outcome.value.upper()}\n" + ("\n".join(telling) or "Nothing was observed.")


def _step(observation: Observation, start: int) -> dict[str, Any]:
    name = f"{observation.subject}: {observation.sentence}"
    return {"name": name, "status": _STATUS[observation.outcome], "stage": "finished", "start": start, "stop": start}


def _attachments(run: Run, result: Result) -> dict[str, tuple[str, bytes]]:
    """The script of each finding of the check, under a name that Allure recognises."""
    found = [finding for finding in run.verdict.findings if finding.check.id == result.check.id]
    texts = {finding.id: scripts.script(run, finding) for finding in found}
    return {f"{_stem(run, name)}-{name}-attachment.sh": (name, text.encode()) for name, text in texts.items() if text}


def _stem(run: Run, name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{run.id}/{name}").hex
