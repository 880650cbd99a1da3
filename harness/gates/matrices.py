"""Gates that ask for all: every cell of the isolation and token matrices, every rate-limit check."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from harness.gates.facts import Facts, all_skipped, inconclusive, listing, plural, skip_reason, skipped, unfinished
from harness.model import Cell, Gate, GateResult, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def isolation(gate: Gate, facts: Facts) -> GateResult:
    """Every cell (operation, owner > stranger) held beside a control that succeeded."""
    return _matrix(gate, facts, matrix="isolation", what="isolation", advice="offer two users and a resource they own")


def tokens(gate: Gate, facts: Facts) -> GateResult:
    """Every cell (operation, forgery) was refused beside an accepted valid token."""
    return _matrix(gate, facts, matrix="tokens", what="token enforcement", advice="offer a user with a JWT")


def limits(gate: Gate, facts: Facts) -> GateResult:
    """Every rate-limit check passed."""
    results = facts.of("limits")
    if not results:
        return inconclusive(gate, "No rate-limit check ran.", reason="no-samples")
    if all_skipped(results):
        return skipped(gate, "No rate limiter was declared, so none was tested.", reason=skip_reason(results))
    spoken = [result for result in results if result.outcome is not Outcome.SKIPPED]
    failed = [result for result in spoken if result.outcome is Outcome.FAILED]
    passed = [result for result in spoken if result.outcome is Outcome.PASSED]
    silent = unfinished(spoken)
    if failed:
        sentence = f"{plural(len(failed), 'rate-limit check')} of {len(spoken):,} failed: {_ids(failed)}."
        return _share(gate, Outcome.FAILED, len(passed), len(spoken), sentence)
    if silent or not passed:
        sentence = f"{plural(len(silent), 'rate-limit check')} of {len(spoken):,} could not conclude: {_ids(silent)}."
        return _share(gate, Outcome.INCONCLUSIVE, len(passed), len(spoken), sentence, reason="incomplete")
    sentence = f"All {plural(len(passed), 'rate-limit check')} passed."
    return _share(gate, Outcome.PASSED, len(passed), len(passed), sentence)


def _matrix(gate: Gate, facts: Facts, *, matrix: str, what: str, advice: str) -> GateResult:
    cells = _cells(facts.results, matrix)
    spoken = {cell: outcome for cell, outcome in cells.items() if outcome is not Outcome.SKIPPED}
    if not spoken:
        return inconclusive(gate, f"Nothing shows {what}; {advice}.", reason="no-samples")
    held = [cell for cell, outcome in spoken.items() if outcome is Outcome.PASSED]
    breached = [cell for cell, outcome in spoken.items() if outcome is Outcome.FAILED]
    broken = unfinished(facts.of(matrix))
    total = plural(len(spoken), "cell")
    if breached:
        sentence = f"{len(breached):,} of {total} breached: {listing(map(_name, breached))}."
        return _share(gate, Outcome.FAILED, len(held), len(spoken), sentence)
    if len(held) < len(spoken):
        unseen = [cell for cell in spoken if cell not in held]
        sentence = f"{len(held):,} of {total} held; without a good control: {listing(map(_name, unseen))}."
        return _share(gate, Outcome.INCONCLUSIVE, len(held), len(spoken), sentence, reason="no-control")
    if broken:
        sentence = f"{total} held, but these checks could not conclude: {_ids(broken)}."
        return _share(gate, Outcome.INCONCLUSIVE, len(held), len(spoken), sentence, reason="incomplete")
    return _share(gate, Outcome.PASSED, len(held), len(spoken), f"All {total} held beside a control that succeeded.")


def _cells(results: Iterable[Result], matrix: str) -> dict[Cell, Outcome]:
    """Return each cell's outcome: one failure breaches it, one pass otherwise verifies it."""
    seen: defaultdict[Cell, set[Outcome]] = defaultdict(set)
    for result in results:
        for observation in result.observations:
            if observation.cell is not None and observation.cell.matrix == matrix:
                seen[observation.cell].add(observation.outcome)
    ranking = (Outcome.FAILED, Outcome.PASSED, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.SKIPPED)
    return {cell: next(rank for rank in ranking if rank in outcomes) for cell, outcomes in seen.items()}


def _share(  # noqa: PLR0917 - the parts of one share
    gate: Gate, outcome: Outcome, good: int, n: int, sentence: str, reason: str | None = None
) -> GateResult:
    observed = 100 * good / n if n else None
    return GateResult(gate=gate, outcome=outcome, observed=observed, n=n, sentence=sentence, reason=reason)


def _ids(results: Sequence[Result]) -> str:
    return listing(result.check.id for result in results)


def _name(cell: Cell) -> str:
    return f"{cell.row} ({cell.column})"
