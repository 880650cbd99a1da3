"""Is a quantile of latencies at most a limit: order statistics, and blocks of time for stalls that cluster."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.model import Outcome
from harness.statistics import proportion
from harness.statistics.proportion import Judgement, further

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """How to prove that the share of values over some bound is below, or above, what the quantile allows.

    `below` and `above` take the bound and how many times over the sample is to be counted.
    """

    below: Callable[[float, float], bool]
    above: Callable[[float, float], bool]


def quantile_decision(
    values: Sequence[float], *, quantile: float = 0.95, limit: float, confidence: float = 0.95, minimum: int = 1
) -> Judgement:
    """Decide whether the true quantile is at most `limit`, taking the values as independent.

    Distribution-free: bounds are order statistics, equal to Clopper-Pearson on the share of values within the limit
    (David and Nagaraja, Order Statistics, 2003, section 7.1). A time-out counts as `math.inf`. NaN: ValueError.
    """
    ordered = np.sort(_as_array(values))
    n = len(ordered)

    def within(bound: float) -> int:
        return int(np.searchsorted(ordered, bound, side="right"))

    rule = _Rule(
        below=lambda bound, times: proportion.proved_above(
            within(bound) * times, n * times, limit=quantile, confidence=confidence
        ),
        above=lambda bound, times: proportion.proved_below(
            within(bound) * times, n * times, limit=quantile, confidence=confidence
        ),
    )
    return _judge(ordered, rule, quantile=quantile, limit=limit, least=max(minimum, _least(quantile, confidence)))


def block_quantile_decision(
    values: Sequence[float],
    at: Sequence[float],
    *,
    block: float = 1.0,
    quantile: float = 0.95,
    limit: float,
    confidence: float = 0.95,
    minimum: int = 1,
) -> Judgement:
    """Decide whether the true quantile is at most `limit` where slow answers come in bursts.

    The unit of sampling is a block of `block` seconds of intended send times (`at`), not a request, and for a pass as
    long as the longest stall. Judged is the mean, over blocks, of the share of values over the limit, by the bound of
    Gaffke (Three test statistics for a nonparametric one-sided hypothesis on the mean of a nonnegative variable,
    Mathematical Methods of Statistics 14, 2005; see Phan, Thomas and Learned-Miller, Towards practical mean bounds for
    small samples, ICML 2021). It supposes nothing about what happens within a block, equals Clopper-Pearson when each
    block is all good or all bad, and so needs 59 clean blocks for a p95. Its coverage is a conjecture yet unbroken;
    the tests simulate it. What it cannot see are stalls much longer than a block of which none fell into the sample.
    """
    array = _as_array(values)
    when = np.asarray(at, dtype=float)
    blocks = _blocks(array, when, block)
    longer = _blocks(array, when, block * max(1, math.ceil(_longest_stall(array, when, limit) / block)))

    def below(bound: float, times: float) -> bool:
        over = Counter(1 - _share_within(group, bound) for group in longer)
        return _mean_proved_below(over, 1 - quantile, times=times, confidence=confidence)

    def above(bound: float, times: float) -> bool:
        within = Counter(_share_within(group, bound) for group in blocks)
        return _mean_proved_below(within, quantile, times=times, confidence=confidence)

    least = max(minimum, _least(quantile, confidence))
    return _judge(np.sort(array), _Rule(below=below, above=above), quantile=quantile, limit=limit, least=least)


def _blocks(values: np.ndarray, at: np.ndarray, length: float) -> list[np.ndarray]:
    """Return the sorted values of each block of time."""
    order = np.argsort(at, kind="stable")
    _, starts = np.unique(np.floor(at[order] / length), return_index=True)
    return [np.sort(group) for group in np.split(values[order], starts[1:])]


def _longest_stall(values: np.ndarray, at: np.ndarray, limit: float) -> float:
    """Return the seconds between the first and the last of the longest run of values over the limit."""
    order = np.argsort(at, kind="stable")
    slow, when = values[order] > limit, at[order]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], slow, [False]]).astype(int)))
    return max((float(when[last - 1] - when[first]) for first, last in edges.reshape(-1, 2)), default=0.0)


def _share_within(ordered: np.ndarray, bound: float) -> float:
    return float(np.searchsorted(ordered, bound, side="right")) / len(ordered)


def _least(quantile: float, confidence: float) -> int:
    """Return how many values, all within the limit, show that the quantile is: 59 for a p95 at 95 %."""
    return math.ceil(math.log(1 - confidence) / math.log(quantile))


def _judge(ordered: np.ndarray, rule: _Rule, *, quantile: float, limit: float, least: int) -> Judgement:
    n = len(ordered)
    if n == 0:
        return Judgement(outcome=Outcome.INCONCLUSIVE, observed=None, low=None, high=None, n=0, more=least)
    if rule.above(limit, 1):
        outcome = Outcome.FAILED
    elif n >= least and rule.below(limit, 1):
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.INCONCLUSIVE

    def settled(total: int) -> bool:
        return rule.above(limit, total / n) or (total >= least and rule.below(limit, total / n))

    return Judgement(
        outcome=outcome,
        observed=_finite(ordered[max(0, math.ceil(quantile * n) - 1)]),
        low=_first(ordered, lambda value: not rule.above(value, 1)) if rule.above(-math.inf, 1) else None,
        high=_first(ordered, lambda value: rule.below(value, 1)),
        n=n,
        more=0 if outcome is not Outcome.INCONCLUSIVE else further(n, settled),
    )


def _first(ordered: np.ndarray, holds: Callable[[float], bool]) -> float | None:
    """Return the smallest value for which `holds`, which is false, then true, along `ordered`."""
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(float(ordered[middle])) else (middle + 1, high)
    return _finite(ordered[low]) if low < len(ordered) else None


def _mean_proved_below(shares: Counter[float], limit: float, *, times: float, confidence: float) -> bool:
    """Whether Gaffke's upper bound for the mean of values in [0, 1] is below `limit`.

    The bound is the quantile of sum(x_i * D_i) + 1 * D_0 with D uniform on the simplex; it is below the limit when
    sum((x_i - limit) * E_i) + (1 - limit) * E_0 <= 0 with the confidence, the E being standard exponentials.
    """
    weights = np.array([*shares, 1.0]) - limit
    shapes = np.array([*(count * times for count in shares.values()), 1.0])
    return _probability_not_positive(weights, shapes) > confidence


def _probability_not_positive(weights: np.ndarray, shapes: np.ndarray) -> float:
    """Return P(sum of weight * Gamma(shape) <= 0) by inverting the characteristic function (Davies, AS 155, 1980)."""
    weights, shapes = weights[weights != 0], shapes[weights != 0]
    if (weights >= 0).all():
        return 0.0
    if (weights <= 0).all():
        return 1.0
    spread = math.sqrt(float(shapes @ weights**2))
    step = 2 * math.pi / (abs(float(shapes @ weights)) + 12 * spread + 20 * float(np.abs(weights).max()))
    last = 1 / spread
    while -0.5 * float(shapes @ np.log1p((weights * last) ** 2)) > math.log(1e-7):
        last *= 1.5
    points = (np.arange(math.ceil(last / step)) + 0.5) * step
    logarithm = np.zeros(len(points), dtype=complex)
    for weight, shape in zip(weights, shapes, strict=True):
        logarithm -= shape * np.log(1 - 1j * weight * points)
    return 0.5 - float(np.sum(np.exp(logarithm).imag / points)) * step / math.pi


def _as_array(values: Sequence[float]) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if np.isnan(array).any():
        message = "expected latencies, found NaN; a time-out counts as infinity"
        raise ValueError(message)
    return array


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
