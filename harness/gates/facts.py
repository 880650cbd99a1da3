"""What gates are decided on, and how a decision on plain counts is put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.model import Cleanup, Gate, GateResult, LoadRun, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a gate may look at."""

    results: tuple[Result, ...]
    load: LoadRun | None
    load_offered: bool
    cleanup: tuple[Cleanup, ...]
    waived: frozenset[str]
    blocks: bool

    def of(self, *families: str) -> tuple[Result, ...]:
        """Return the results of these families of checks."""
        return tuple(result for result in self.results if result.check.family in families)


def unfinished(results: Iterable[Result]) -> tuple[Result, ...]:
    """Return the required results that hold anything but an answer: an error, nothing at all, or an open question."""
    return tuple(result for result in results if result.required and is_open(result))


def is_open(result: Result) -> bool:
    """Whether some part of a result has no answer, even where another part has failed."""
    seen = {observation.outcome for observation in result.observations}
    return bool(result.error) or not seen or bool(seen & {Outcome.ERROR, Outcome.INCONCLUSIVE})


def all_skipped(results: Iterable[Result]) -> bool:
    """Whether there are results and every one of them is SKIPPED."""
    outcomes = {result.outcome for result in results}
    return outcomes == {Outcome.SKIPPED}


def skip_reason(results: Iterable[Result]) -> str:
    """Return why these results were skipped, the first reason where several were given."""
    reasons = [
        observation.reason
        for result in results
        for observation in result.observations
        if observation.reason is not None
    ]
    return min(reasons, default="not-offered", key=lambda reason: (reason != "not-offered", reason))


def inconclusive(gate: Gate, sentence: str, *, reason: str, n: int = 0) -> GateResult:
    """Return a result that says what is missing."""
    return GateResult(gate=gate, outcome=Outcome.INCONCLUSIVE, n=n, sentence=sentence, reason=reason)


def skipped(gate: Gate, sentence: str, *, reason: str) -> GateResult:
    """Return a result that says why there is nothing to decide."""
    return GateResult(gate=gate, outcome=Outcome.SKIPPED, sentence=sentence, reason=reason)


def plural(count: int, noun: str) -> str:
    """Return the count with its noun, "1 cell" or "1,234 cells"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listing(names: Iterable[str], most: int = 3) -> str:
    """Return a few names, and how many more there are."""
    known = list(dict.fromkeys(names))
    rest = len(known) - most
    return ", ".join(known[:most]) + (f" and {rest} more" if rest > 0 else "")
