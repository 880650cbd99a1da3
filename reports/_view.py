"""What several formats show alike: names, numbers and the shape of matrices and steps; nothing here judges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.model import Decision, Outcome

if TYPE_CHECKING:
    from collections.abc import Sized

    from harness.model import Exchange, Finding, GateResult, Observation, Run

SYMBOLS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.ERROR: "!",
    Outcome.INCONCLUSIVE: "?",
    Outcome.SKIPPED: "\u2013",
}
_COMPARISONS = {"<=": "≤", ">=": "≥", "==": "="}
_YES_OR_NO = frozenset({"generator honest"})
_ALL = "all passed"
_MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Operations against columns; a cell holds the observations made for it."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], tuple[Observation, ...]]

    def outcome(self, row: str, column: str) -> Outcome | None:
        """Return the worst outcome of a cell, None where nothing was tried."""
        seen = self.cells.get((row, column))
        return None if seen is None else Outcome.worst(observation.outcome for observation in seen)

    def sentences(self, row: str, column: str) -> str:
        """Return what was seen in a cell, one line each."""
        return "\n".join(observation.sentence for observation in self.cells.get((row, column), ()))


def matrix(run: Run, name: str) -> Matrix:
    """Return the matrix of that name: its rows in the order of the document, its columns in the order observed."""
    cells: dict[tuple[str, str], tuple[Observation, ...]] = {}
    for result in run.results:
        for observation in result.observations:
            if observation.cell is not None and observation.cell.matrix == name:
                key = (observation.cell.row, observation.cell.column)
                cells[key] = (*cells.get(key, ()), observation)
    order = {operation.id: index for index, operation in enumerate(run.target.operations)}
    rows = sorted({row for row, _ in cells}, key=lambda row: (order.get(row, len(order)), row))
    return Matrix(name=name, rows=tuple(rows), columns=tuple(dict.fromkeys(column for _, column in cells)), cells=cells)


def steps(run: Run, finding: Finding) -> tuple[Exchange, ...]:
    """Return the exchanges that show a finding, in the order of its steps; one that was not kept is left out."""
    by_id = {exchange.id: exchange for exchange in run.exchanges}
    return tuple(by_id[identifier] for identifier in finding.observation.exchanges if identifier in by_id)


def rule(result: GateResult) -> str:
    """Return the threshold of a gate: comparison, limit, unit; empty for a gate that is yes or no."""
    gate = result.gate
    if gate.metric in _YES_OR_NO:
        return ""
    if gate.unit == _ALL:
        return gate.unit
    return f"{_COMPARISONS.get(gate.comparison, gate.comparison)} {number(gate.limit)} {gate.unit}".rstrip()


def observed(result: GateResult) -> str:
    """Return what a gate saw, with its unit; "n/a" where it saw nothing."""
    if result.observed is None:
        return "n/a"
    if result.gate.metric in _YES_OR_NO:
        return "yes" if result.observed else "no"
    unit = "%" if result.gate.unit == _ALL else result.gate.unit
    return f"{number(result.observed)} {unit}".rstrip()


def interval(result: GateResult) -> str:
    """Return the interval around what a gate saw, empty where it has none."""
    if result.low is None and result.high is None:
        return ""
    low, high = (("…" if bound is None else number(bound)) for bound in (result.low, result.high))
    return f"[{low}, {high}]"


def number(value: float) -> str:
    """Return a number for people: no false precision, thin groups of thousands, ∞ for no answer."""
    if math.isnan(value):
        return "n/a"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if float(value).is_integer():
        return f"{int(value):,}".replace(",", "\u202f")
    digits = 1 if abs(value) >= 1000 else 2  # noqa: PLR2004 - four digits are read, more are noise
    return f"{value:,.{digits}f}".replace(",", "\u202f")


def milliseconds(value: float | None) -> str:
    """Return a latency with the three digits that mean something."""
    if value is None:
        return "n/a"
    return number(value) if math.isinf(value) else f"{value:.0f}" if value >= 100 else f"{value:.1f}"  # noqa: PLR2004 - three digits


def moment(seconds: float) -> str:
    """Return a time since the epoch in UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def duration(seconds: float) -> str:
    """Return a span of time in the unit that people would choose."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    hours, rest = divmod(round(seconds), 60 * _MINUTE)
    minutes, rest = divmod(rest, _MINUTE)
    parts = [f"{amount} {unit}" for amount, unit in ((hours, "h"), (minutes, "min"), (rest, "s")) if amount]
    return " ".join(parts)


def headline(run: Run) -> str:
    """Return the decision as it is shown: with the number of waived findings where there are any."""
    waived = run.verdict.waived
    return (
        f"{run.verdict.decision} ({waived} waived)"
        if waived and run.verdict.decision is Decision.GO
        else str(run.verdict.decision)
    )


def summary(run: Run) -> str:
    """Return in one sentence how the gates came out."""
    outcomes = [result.outcome for result in run.verdict.gates]
    words = {
        Outcome.FAILED: "failed",
        Outcome.ERROR: "broken",
        Outcome.INCONCLUSIVE: "inconclusive",
        Outcome.SKIPPED: "skipped",
        Outcome.PASSED: "passed",
    }
    parts = [f"{outcomes.count(outcome)} {word}" for outcome, word in words.items() if outcome in outcomes]
    noun = "gate" if len(outcomes) == 1 else "gates"
    return f"{len(outcomes)} {noun}: {', '.join(parts)}." if parts else "No gate was decided."


def count(items: Sized, noun: str) -> str:
    """Return how many there are, with the noun in its number."""
    return f"{len(items)} {noun}" if len(items) == 1 else f"{len(items)} {noun}s"
