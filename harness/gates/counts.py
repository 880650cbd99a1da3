"""Gates on counts: security violations, contract findings and what cleaning up left behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.gates.facts import Facts, all_skipped, inconclusive, listing, plural, skip_reason, skipped, unfinished
from harness.model import Check, Gate, GateResult, Observation, Outcome, Result, Severity, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def security(gate: Gate, facts: Facts) -> GateResult:
    """Count the FAILED observations of severity high or critical that no live waiver covers, and leaks under load."""
    leaks = () if facts.load is None else facts.load.leaks
    tally = _tally(facts.results, facts.waived, _is_security)
    count = len(tally.failed) + len(leaks)
    if count > gate.limit:
        where = listing([*tally.failed.values(), *(["responses under load"] if leaks else [])])
        return _counted(gate, Outcome.FAILED, count, tally.n, f"{plural(count, 'security violation')}: {where}.")
    if not tally.passed:
        return inconclusive(gate, "No security check passed; see why they were skipped or open.", reason="no-samples")
    silent = unfinished(result for result in facts.results if result.check.severity.blocks)
    if silent:
        sentence = (
            f"No violation seen, but {plural(len(silent), 'security check')} could not conclude: "
            f"{listing(result.check.id for result in silent)}."
        )
        return inconclusive(gate, sentence, reason="incomplete", n=tally.n)
    sentence = f"No security violation in {plural(tally.n, 'judged fact')}{tally.waived_note}."
    return _counted(gate, Outcome.PASSED, count, tally.n, sentence)


def contract(gate: Gate, facts: Facts) -> GateResult:
    """Count the findings of contract, fuzzing and drift checks that break clients and that no live waiver covers.

    What is mild, such as an error that the document does not name, is told beside them.
    """
    results = facts.of("contract", "fuzz", "drift")
    tally = _tally(results, facts.waived, lambda check, observation: not _is_mild(check, observation))
    mild = len(_tally(results, facts.waived, _is_mild).failed)
    aside = f"; {plural(mild, 'mild finding')} beside" if mild else ""
    count = len(tally.failed)
    if count > gate.limit:
        sentence = f"{plural(count, 'contract finding')}: {listing(tally.failed.values())}{aside}."
        return _counted(gate, Outcome.FAILED, count, tally.n, sentence)
    if all_skipped(results):
        return skipped(gate, "No contract check applied; offer an OpenAPI document.", reason=skip_reason(results))
    silent = unfinished(results)
    if not tally.passed or silent:
        which = listing(result.check.id for result in silent) or "none passed"
        return inconclusive(
            gate, f"The contract checks could not all conclude: {which}.", reason="incomplete", n=tally.n
        )
    sentence = f"{_no(count, 'contract finding')} in {plural(tally.n, 'judged fact')}{tally.waived_note}{aside}."
    return _counted(gate, Outcome.PASSED, count, tally.n, sentence)


def cleanup(gate: Gate, facts: Facts) -> GateResult:
    """Count created objects that could have been deleted and were not; an unknown outcome counts as left behind."""
    removable = [entry for entry in facts.cleanup if entry.outcome != "not-deletable"]
    kept = len(facts.cleanup) - len(removable)
    left = [entry for entry in removable if entry.outcome not in {"deleted", "gone"}]
    note = f"; {kept:,} cannot be deleted through this API" if kept else ""
    if len(left) > gate.limit:
        where = listing(f"{entry.resource} {entry.id} of {entry.user}" for entry in left)
        sentence = f"{plural(len(left), 'created object')} left behind, delete by hand: {where}{note}."
        return _counted(gate, Outcome.FAILED, len(left), len(removable), sentence)
    if not removable:
        return skipped(gate, f"Nothing was created that could be deleted{note}.", reason="not-applicable")
    gone = len(removable) - len(left)
    sentence = f"{gone:,} of {plural(len(removable), 'created object')} gone again{note}."
    return _counted(gate, Outcome.PASSED, len(left), len(removable), sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tally:
    """Failures by fingerprint with the subject of each, and how many facts were judged, passed and waived."""

    failed: dict[str, str]
    n: int
    passed: int
    waived: int

    @property
    def waived_note(self) -> str:
        return f", {self.waived:,} waived" if self.waived else ""


def _tally(results: Iterable[Result], waived: frozenset[str], counts: Callable[[Check, Observation], bool]) -> _Tally:
    judged = [
        (result.check, observation)
        for result in results
        for observation in result.observations
        if observation.outcome in {Outcome.PASSED, Outcome.FAILED} and counts(result.check, observation)
    ]
    failed = {
        fingerprint(check, observation): f"{check.id} ({observation.subject})"
        for check, observation in judged
        if observation.outcome is Outcome.FAILED
    }
    live = {key: where for key, where in failed.items() if key not in waived}
    passed = sum(observation.outcome is Outcome.PASSED for _, observation in judged)
    return _Tally(failed=live, n=len(judged), passed=passed, waived=len(failed) - len(live))


def _is_security(check: Check, observation: Observation) -> bool:
    return (observation.severity or check.severity).blocks


def _is_mild(check: Check, observation: Observation) -> bool:
    severity = observation.severity or check.severity
    return observation.outcome is Outcome.FAILED and severity in {Severity.LOW, Severity.INFO}


def _counted(gate: Gate, outcome: Outcome, count: int, n: int, sentence: str) -> GateResult:
    return GateResult(gate=gate, outcome=outcome, observed=float(count), n=n, sentence=sentence)


def _no(count: int, noun: str) -> str:
    return plural(count, noun) if count else f"No {noun}"
