"""The verdict document: `verdict.json`, the machine interface of a run, versioned and with a published schema."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from harness.evidence.serialise import EvidenceError, decode, encode, finite
from harness.model import FLAKY, Decision, Finding, Gate, GateResult, Outcome, Severity, Verdict, Waiver, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.model import Observation, Result, Run

FORMAT = 1
_GATE_FIELDS = tuple(field.name for field in fields(Gate))
Shown = tuple[str, str, str, tuple[str, ...]]  # check, fingerprint, sentence, exchanges


def verdict_schema() -> dict[str, Any]:
    """Return the JSON Schema that every verdict document obeys."""
    schema: dict[str, Any] = json.loads(
        files("harness.evidence").joinpath("verdict.schema.json").read_text(encoding="utf-8")
    )
    return schema


def verdict_document(run: Run) -> dict[str, Any]:
    """Return the verdict of `run` as JSON data; everything in it follows from the observations of the run."""
    verdict = run.verdict
    return {
        "format": FORMAT,
        "run": {
            "id": run.id,
            "seed": run.seed,
            "profile": run.profile,
            "command": run.command,
            "started": run.started,
            "ended": run.ended,
            "interrupted": run.interrupted,
        },
        "scenario": {"name": run.scenario_name, "digest": run.scenario_digest},
        "target": {
            "base_url": run.target.base_url,
            "document_digest": run.target.document_digest,
            "version": finite(dict(run.target.version)) if run.target.version is not None else None,
        },
        "decision": verdict.decision.value,
        "exit_code": run.exit_code,
        "reasons": list(verdict.reasons),
        "waived": verdict.waived,
        "flaky": sum(seen.reason == FLAKY for result in run.results for seen in result.observations),
        "gates": [_gate(gate) for gate in verdict.gates],
        "findings": [_finding(finding) for finding in verdict.findings],
        "checks": [_check(result) for result in run.results],
        "not_verified": not_verified(run.results),
        "versions": dict(run.versions),
    }


def covered(facts: Mapping[str, Any]) -> str | None:
    """Return how much of the document a run has reached, in one sentence; None without a document."""
    counts = facts.get("operations") or {}
    total = counts.get("documented", 0)
    if not total:
        return None
    parts = [("understood", "understood"), ("answered", "answered with success"), ("judged", "judged for access")]
    said = [f"{counts[name]} {words} ({counts[name] / total:.0%})" for name, words in parts if name in counts]
    return f"of {total} documented operations {', '.join(said)}"


def not_verified(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Return what no check can vouch for: each INCONCLUSIVE, SKIPPED or ERROR with its reason."""
    found: list[dict[str, Any]] = []
    for result in results:
        found.extend(
            _open(result, observation.outcome, observation.reason, observation.sentence, observation.subject)
            for observation in result.observations
            if observation.outcome in {Outcome.INCONCLUSIVE, Outcome.SKIPPED, Outcome.ERROR}
        )
        if result.error is not None:
            found.append(_open(result, Outcome.ERROR, "check-broke", result.error, None))
        elif not result.observations:
            found.append(_open(result, Outcome.INCONCLUSIVE, "nothing-observed", "The check observed nothing.", None))
    return found


def read_verdict(document: Any, results: Sequence[Result], *, where: str) -> Verdict:
    """Return the verdict that `document` states, its findings joined to the observations in `results`.

    Raises EvidenceError, naming `where`, for another format or a finding that no observation shows.
    """
    try:
        if document["format"] != FORMAT:
            raise EvidenceError(
                f"{where}: expected format {FORMAT}, found {document['format']!r}; a newer harness can read it"
            )
        shown = _failed(results)
        return Verdict(
            decision=Decision(document["decision"]),
            reasons=tuple(document["reasons"]),
            gates=tuple(_read_gate(row, where) for row in document["gates"]),
            findings=tuple(_read_finding(row, shown, where) for row in document["findings"]),
            waived=int(document["waived"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"{where}: expected a verdict document, found something else: {error!r}") from error


def _gate(result: GateResult) -> dict[str, Any]:
    gate = {name: getattr(result.gate, name) for name in _GATE_FIELDS}
    seen = {name: getattr(result, name) for name in ("observed", "low", "high", "n", "sentence", "reason")}
    return {**finite(gate), "outcome": result.outcome.value, **finite(seen)}


def _read_gate(row: Mapping[str, Any], where: str) -> GateResult:
    gate = {name: row[name] for name in _GATE_FIELDS}
    seen = {name: value for name, value in row.items() if name not in gate}
    return decode(GateResult, {"gate": gate, **seen}, where=where)


def _finding(finding: Finding) -> dict[str, Any]:
    check, observation = finding.check, finding.observation
    return {
        "id": finding.id,
        "fingerprint": finding.fingerprint,
        "severity": finding.severity.value,
        "check": check.id,
        "title": check.title,
        "owasp": check.owasp,
        "cwe": check.cwe,
        "subject": observation.subject,
        "operation": observation.operation,
        "users": list(observation.users),
        "sentence": observation.sentence,
        "basis": None if observation.basis is None else observation.basis.value,
        "exchanges": list(observation.exchanges),
        "waiver": None if finding.waiver is None else encode(finding.waiver),
    }


def _failed(results: Sequence[Result]) -> dict[Shown, tuple[Result, Observation]]:
    """Return what a finding may rest on; the same thing found several times differs in its exchanges."""
    found: dict[Shown, tuple[Result, Observation]] = {}
    for result in results:
        for seen in result.observations:
            if seen.outcome is Outcome.FAILED:
                key = (result.check.id, fingerprint(result.check, seen), seen.sentence, seen.exchanges)
                found.setdefault(key, (result, seen))
    return found


def _read_finding(row: Mapping[str, Any], shown: Mapping[Shown, tuple[Result, Observation]], where: str) -> Finding:
    key = (row["check"], row["fingerprint"], row["sentence"], tuple(row["exchanges"]))
    if key not in shown:
        raise EvidenceError(f"{where}: states the finding {row['id']} of {row['check']}, which no observation shows")
    result, observation = shown[key]
    waiver = None if row["waiver"] is None else decode(Waiver, row["waiver"], where=where)
    return Finding(
        check=result.check,
        observation=observation,
        severity=Severity(row["severity"]),
        fingerprint=row["fingerprint"],
        waiver=waiver,
    )


def _check(result: Result) -> dict[str, Any]:
    counts = Counter(observation.outcome.value for observation in result.observations)
    return {
        "id": result.check.id,
        "title": result.check.title,
        "outcome": result.outcome.value,
        "required": result.required,
        "observations": {outcome.value: counts[outcome.value] for outcome in Outcome},
        "requests": result.requests,
        "seconds": round(result.seconds, 3),
        "error": result.error,
    }


def _open(result: Result, outcome: Outcome, reason: str | None, sentence: str, subject: str | None) -> dict[str, Any]:
    return {
        "check": result.check.id,
        "subject": subject,
        "outcome": outcome.value,
        "reason": reason,
        "sentence": sentence,
        "required": result.required,
    }
