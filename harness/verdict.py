"""From results, gates and waivers to findings and one decision: GO, NO-GO or HOLD."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from harness.errors import ConfigurationError
from harness.gates.facts import plural
from harness.model import (
    Decision,
    Finding,
    GateResult,
    Observation,
    Outcome,
    Result,
    Severity,
    Verdict,
    Waiver,
    fingerprint,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CAUSE = "preflight"
_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def find(results: Iterable[Result], waivers: Iterable[Waiver], today: dt.date) -> tuple[Finding, ...]:
    """Return the FAILED observations, worst first and one for each fingerprint, with the waivers that live today.

    Raises ConfigurationError when a waiver expires on no date.
    """
    live = [waiver for waiver in waivers if _expiry(waiver) >= today]
    found: dict[str, Finding] = {}
    for result in results:
        for observation in result.observations:
            if observation.outcome is not Outcome.FAILED:
                continue
            key = fingerprint(result.check, observation)
            finding = Finding(
                check=result.check,
                observation=observation,
                severity=observation.severity or result.check.severity,
                fingerprint=key,
                waiver=next((waiver for waiver in live if key.startswith(waiver.fingerprint)), None),
            )
            if key not in found or _RANK[finding.severity] < _RANK[found[key].severity]:
                found[key] = finding
    return tuple(sorted(found.values(), key=lambda finding: (_RANK[finding.severity], finding.check.id, finding.id)))


def waived(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the fingerprints that live waivers cover, for the gates that a waiver counts in."""
    return frozenset(finding.fingerprint for finding in findings if finding.waiver is not None)


def decide(
    *,
    gates: Sequence[GateResult],
    results: Sequence[Result],
    findings: Sequence[Finding],
    interrupted: str | None = None,
) -> Verdict:
    """Return the decision with its reasons, the most important first.

    1. A gate that FAILED: NO-GO.
    2. A required gate or check without an answer, an interrupted run, or nothing that passed: HOLD.
    3. Else GO.
    """
    against = [f"{gate.gate.name}: {gate.sentence}" for gate in gates if gate.outcome is Outcome.FAILED]
    missing = [*_missing(gates, results, interrupted)]
    listed = [*_listed(findings)]
    count = len(waived(findings))
    if against:
        decision = Decision.NO_GO
    elif missing:
        decision = Decision.HOLD
    else:
        decision = Decision.GO
    summary = [] if against or missing else [_summary(gates, results, count)]
    return Verdict(
        decision=decision,
        reasons=(*against, *missing, *summary, *listed),
        gates=tuple(gates),
        findings=tuple(findings),
        waived=count,
    )


def _missing(gates: Sequence[GateResult], results: Sequence[Result], interrupted: str | None) -> Iterator[str]:
    if interrupted is not None:
        yield f"The run was interrupted ({interrupted}); run it again to the end."
    opened = dict.fromkeys(
        reason for result in sorted(results, key=_cause) if result.required for reason in _open(result)
    )
    causes = {reason for result in results if result.check.family == CAUSE for reason in _open(result)}
    yield from (reason for reason in opened if reason in causes)
    for gate in gates:
        if gate.gate.required and gate.outcome in {Outcome.ERROR, Outcome.INCONCLUSIVE}:
            yield f"{gate.gate.name}: {gate.sentence}"
    if not any(gate.outcome is Outcome.PASSED for gate in gates):
        yield "No gate passed, so nothing speaks for this build; offer what the gates need and run again."
    yield from (reason for reason in opened if reason not in causes)


def _cause(result: Result) -> bool:
    """Sort key: what was found before any check (the target, the users) explains everything after it."""
    return result.check.family != CAUSE


def _open(result: Result) -> Iterator[str]:
    """Say what of a check has no answer, also where another part of it has failed."""
    name = result.check.id
    unanswered = [seen for seen in result.observations if seen.outcome in {Outcome.ERROR, Outcome.INCONCLUSIVE}]
    if result.error:
        yield f"{name} broke and says nothing: {result.error}"
    elif not result.observations:
        yield f"{name} ran and observed nothing; see what it needs."
    elif unanswered:
        yield f"{name} could not conclude{_more(unanswered)}: {unanswered[0].sentence}"


def _more(observations: Sequence[Observation]) -> str:
    return f" ({len(observations)} times)" if len(observations) > 1 else ""


def _listed(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        if finding.waiver is not None:
            yield (
                f"{finding.id} is waived until {finding.waiver.expires} by {finding.waiver.owner} "
                f"({finding.waiver.reason}): {finding.observation.sentence}"
            )
        elif not finding.severity.blocks:
            yield f"{finding.id} ({finding.severity}, stops no gate by itself): {finding.observation.sentence}"


def _summary(gates: Sequence[GateResult], results: Sequence[Result], count: int) -> str:
    passed = sum(gate.outcome is Outcome.PASSED for gate in gates)
    skipped = sum(gate.outcome is Outcome.SKIPPED for gate in gates)
    checks = sum(result.outcome is Outcome.PASSED for result in results)
    idle = f"; {plural(skipped, 'gate')} had nothing to decide" if skipped else ""
    forgiven = f"; {plural(count, 'finding')} waived" if count else ""
    return f"{plural(passed, 'gate')} and {plural(checks, 'check')} passed{idle}{forgiven}."


def _expiry(waiver: Waiver) -> dt.date:
    try:
        return dt.date.fromisoformat(waiver.expires)
    except ValueError:
        message = (
            f"waiver {waiver.fingerprint}: expected expires as a date such as 2026-12-31, found {waiver.expires!r}"
        )
        raise ConfigurationError(message) from None
