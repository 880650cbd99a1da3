"""A fuzz run as observations: an operation passes when it was really reached, and nothing was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.fuzz.findings import Tally
from harness.fuzz.rules import rule
from harness.model import FLAKY, Observation, Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from harness.fuzz.findings import FuzzFinding, FuzzRun
    from harness.model import Operation

LIMITED_SHARE = 0.1  # of the answers; with more 429s than that, what was asked is not what was tested
NOTHING = Tally({})
UNNAMED = frozenset({"status_code_conformance", "ignored_auth"})


def observations(
    run: FuzzRun, operations: Sequence[Operation], *, denied: Collection[str] = ()
) -> Iterator[Observation]:
    """Yield one FAILED for each finding, and for each operation without one whether it passed.

    A finding that did not come back is INCONCLUSIVE.

    `denied` are ids of operations that the fuzz user must not reach: there a refusal is an answer like any other.
    """
    counted = [finding for finding in run.findings if not rule(finding.check).advisory]
    yield from map(_failed, counted)
    if not run.completed:
        yield _incomplete(run)
    found = {finding.operation for finding in counted}
    for operation in operations:
        if operation.id in run.excluded:
            yield _say(operation, Outcome.SKIPPED, "is not fuzzed: the scenario excludes it", "excluded")
        elif operation.id not in found:
            yield _standing(run, operation, denied)


def _failed(finding: FuzzFinding) -> Observation:
    times = f" ({finding.count} times)" if finding.count > 1 else ""
    reason = " ".join(finding.message.partition("\n\n")[0].split())
    said = f"{finding.operation}: {finding.title}{times}. {reason}".strip()
    return Observation(
        subject=finding.subject,
        outcome=Outcome.INCONCLUSIVE if finding.flaky else Outcome.FAILED,
        reason=FLAKY if finding.flaky else None,
        sentence=f"{said} Sent once more, it was answered {finding.again}." if finding.flaky else said,
        exchanges=finding.exchanges,
        operation=finding.operation,
        severity=_severity(finding),
    )


def _severity(finding: FuzzFinding) -> Severity:
    """A refusal that the document does not name is a gap of the document: clients know it by its class.

    So is one of a request without a credential: 404 in place of 401 lets nobody in.
    """
    return Severity.LOW if finding.refused and finding.check in UNNAMED else rule(finding.check).severity


def _incomplete(run: FuzzRun) -> Observation:
    general = next((error.message for error in run.errors if error.operation is None), None)
    why = run.stopped or general or "the generator did not come to its end"
    return Observation(
        subject="fuzzing",
        outcome=Outcome.INCONCLUSIVE,
        sentence=f"Fuzzing did not complete after {run.cases} cases: {' '.join(why.split())[:300]}.",
        reason="incomplete",
    )


def _standing(run: FuzzRun, operation: Operation, denied: Collection[str]) -> Observation:
    tally = run.per_operation.get(operation.id, NOTHING)
    if not tally.cases:
        return _say(operation, Outcome.INCONCLUSIVE, "was never answered", "not-reached")
    if tally.limited > LIMITED_SHARE * tally.cases:
        share = f"answered 429 to {tally.limited} of {tally.cases} requests; give the fuzz user a higher limit"
        return _say(operation, Outcome.INCONCLUSIVE, share, "quota")
    error = next((error.message for error in run.errors if error.operation == operation.id), None)
    if error is not None:
        broken = f"could not be fuzzed to the end: {' '.join(error.split())[:300]}"
        return _say(operation, Outcome.INCONCLUSIVE, broken, "error")
    if not _reached(tally, operation) and operation.id not in denied:
        statuses = ", ".join(f"{count} x {status}" for status, count in sorted(tally.statuses.items()))
        return _say(operation, Outcome.INCONCLUSIVE, f"never answered with success ({statuses})", "no-success")
    if not run.completed:
        return _say(operation, Outcome.INCONCLUSIVE, f"was not fuzzed to the end ({tally.cases} cases)", "incomplete")
    return _say(operation, Outcome.PASSED, f"answered {tally.cases} cases as its document says{_aside(run, operation)}")


def _aside(run: FuzzRun, operation: Operation) -> str:
    """Tell of what does not count: requests that the document allows and the service does not."""
    refused = sum(each.count for each in run.findings if each.operation == operation.id and rule(each.check).advisory)
    return f"; it refused {refused} that the document allows" if refused else ""


def _reached(tally: Tally, operation: Operation) -> bool:
    """Whether a declared success was seen: 2xx, or 3xx where the document knows no 2xx."""
    declared = {response.status[:1] for response in operation.responses}
    return tally.success > 0 or ("2" not in declared and "3" in declared and tally.within(300, 399) > 0)


def _say(operation: Operation, outcome: Outcome, predicate: str, reason: str | None = None) -> Observation:
    sentence = f"{operation.id} {predicate}."
    return Observation(subject=operation.id, outcome=outcome, sentence=sentence, operation=operation.id, reason=reason)
