"""Is a share at least a limit: Clopper-Pearson bounds and a three-way decision."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.special import betainc, betaincinv

from harness.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

NEVER = 10_000_000
"""A question that needs more samples than this is one that more samples do not settle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A three-way decision with what it rests on.

    `observed`, `low` and `high` are None where there is nothing, or no bound; `more` is how many further samples would
    settle it if they came out like those so far: 0 when it is settled, None when never.
    """

    outcome: Outcome
    observed: float | None
    low: float | None
    high: float | None
    n: int
    more: int | None


def clopper_pearson(successes: int, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the lower and the upper bound of a share, each one-sided at `confidence` (Clopper and Pearson, 1934).

    Raises ValueError when `successes` is not within 0..n.
    """
    _require_counts(successes, n)
    failures = n - successes
    low = float(betaincinv(successes, failures + 1, 1 - confidence)) if successes else 0.0
    high = float(betaincinv(successes + 1, failures, confidence)) if failures else 1.0
    return low, high


def proved_above(successes: float, n: float, *, limit: float, confidence: float) -> bool:
    """Whether the lower Clopper-Pearson bound is above `limit`."""
    return successes > 0 and float(betainc(successes, n - successes + 1, limit)) < 1 - confidence


def proved_below(successes: float, n: float, *, limit: float, confidence: float) -> bool:
    """Whether the upper Clopper-Pearson bound is below `limit`."""
    return n > successes and float(betainc(successes + 1, n - successes, limit)) > confidence


def proportion_decision(
    successes: int, n: int, *, limit: float, confidence: float = 0.95, minimum: int = 1
) -> Judgement:
    """Decide whether the true share of successes is at least `limit`.

    PASSED when the lower bound is above the limit and there are `minimum` samples, FAILED when the upper bound is
    below, else INCONCLUSIVE. Raises ValueError when `successes` is not within 0..n.
    """
    low, high = clopper_pearson(successes, n, confidence=confidence)
    if proved_below(successes, n, limit=limit, confidence=confidence):
        outcome = Outcome.FAILED
    elif n >= minimum and proved_above(successes, n, limit=limit, confidence=confidence):
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.INCONCLUSIVE
    share = successes / n if n else 1.0

    def settled(total: int) -> bool:
        expected = share * total
        return proved_below(expected, total, limit=limit, confidence=confidence) or (
            total >= minimum and proved_above(expected, total, limit=limit, confidence=confidence)
        )

    return Judgement(
        outcome=outcome,
        observed=share if n else None,
        low=low,
        high=high,
        n=n,
        more=0 if outcome is not Outcome.INCONCLUSIVE else further(n, settled),
    )


def further(n: int, settled: Callable[[int], bool]) -> int | None:
    """Return how many samples beyond `n` make `settled(total)` true, None when more than NEVER would be needed."""
    low, high = n, max(1, 2 * n)
    while not settled(high):
        if high > NEVER:
            return None
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if settled(middle) else (middle, high)
    return high - n


def _require_counts(successes: int, n: int) -> None:
    if not 0 <= successes <= n or not math.isfinite(n):
        message = f"expected 0 <= successes <= n, found {successes} of {n}"
        raise ValueError(message)
