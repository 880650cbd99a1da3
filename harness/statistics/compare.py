"""Do two samples differ, and how many are needed to see it: tests, effect sizes, sample sizes and a robust slope."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc, ndtr, ndtri

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An effect as a probability (0.5 is none) with its two-sided p-value."""

    effect: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate between two bounds, each one-sided at the confidence asked for."""

    estimate: float
    low: float
    high: float


def mann_whitney(first: Sequence[float], second: Sequence[float]) -> Comparison:
    """Compare two independent samples; the effect is P(second > first) plus half the ties.

    Normal approximation with correction for ties and continuity (Mann and Whitney, 1947), good from about 20 each.
    Raises ValueError when a sample is empty.
    """
    a, b = _filled(first), _filled(second)
    both = np.concatenate([a, b])
    _, where, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[where]
    n, m, total = len(a), len(b), len(both)
    u = float(ranks[n:].sum()) - m * (m + 1) / 2
    ties = float((counts.astype(float) ** 3 - counts).sum()) / (total * (total - 1)) if total > 1 else 0.0
    deviation = math.sqrt(n * m / 12 * (total + 1 - ties))
    distance = max(0.0, abs(u - n * m / 2) - 0.5)
    p = min(1.0, 2 * float(ndtr(-distance / deviation))) if deviation else 1.0
    return Comparison(effect=u / (n * m), p=p)


def sign_test(differences: Sequence[float]) -> Comparison:
    """Test paired differences exactly (sign test): the effect is the share of positive ones, half the zeros counted.

    Raises ValueError when there is none.
    """
    array = _filled(differences)
    positive, negative = int((array > 0).sum()), int((array < 0).sum())
    effect = (positive + (len(array) - positive - negative) / 2) / len(array)
    most, decided = max(positive, negative), positive + negative
    p = min(1.0, 2 * float(betainc(most, decided - most + 1, 0.5))) if decided else 1.0
    return Comparison(effect=effect, p=p)


def quantile_difference(
    first: Sequence[float],
    second: Sequence[float],
    *,
    quantile: float,
    seed: int,
    confidence: float = 0.95,
    resamples: int = 2000,
) -> Interval:
    """Return the quantile of `second` minus that of `first` with bootstrap bounds (Efron, 1979; percentile method).

    For deciding on non-inferiority: the upper bound is within the margin. Raises ValueError when a sample is empty or
    not finite.
    """
    a, b = _filled(first), _filled(second)
    random = np.random.default_rng(seed)
    drawn = np.array(
        [
            np.quantile(random.choice(b, len(b)), quantile) - np.quantile(random.choice(a, len(a)), quantile)
            for _ in range(resamples)
        ]
    )
    low, high = np.quantile(drawn, [1 - confidence, confidence])
    return Interval(
        estimate=float(np.quantile(b, quantile) - np.quantile(a, quantile)), low=float(low), high=float(high)
    )


def theil_sen(x: Sequence[float], y: Sequence[float], *, confidence: float = 0.95) -> Interval:
    """Return the median of all pairwise slopes with Sen's bounds (Sen, 1968), robust against outliers.

    Takes time and memory in the square of the number of points. Raises ValueError when fewer than two x differ.
    """
    across, up = _filled(x), _filled(y)
    left, right = np.triu_indices(len(across), k=1)
    run = across[right] - across[left]
    slopes = np.sort((up[right] - up[left])[run != 0] / run[run != 0])
    if not len(slopes):
        message = "expected at least two different x"
        raise ValueError(message)
    n = len(across)
    tied = [np.unique(values, return_counts=True)[1].astype(float) for values in (across, up)]
    variance = (n * (n - 1) * (2 * n + 5) - sum(float((t * (t - 1) * (2 * t + 5)).sum()) for t in tied)) / 18
    reach = float(ndtri(confidence)) * math.sqrt(max(0.0, variance))
    low = max(0, math.floor((len(slopes) - reach) / 2))
    high = min(len(slopes) - 1, math.ceil((len(slopes) + reach) / 2))
    return Interval(estimate=float(np.median(slopes)), low=float(slopes[low]), high=float(slopes[high]))


def samples_for_effect(effect: float, *, alpha: float = 1e-4, power: float = 0.9999) -> int:
    """Return how many samples each group needs for a two-sided Mann-Whitney test to see `effect` (Noether, 1987).

    `effect` is P(second > first), 0.5 being none. Raises ValueError when it is 0.5.
    """
    if effect == 0.5:  # noqa: PLR2004 - one half is what no effect means
        message = "no number of samples shows an effect of 0.5, which is none"
        raise ValueError(message)
    z = -float(ndtri(alpha / 2)) + float(ndtri(power))
    return math.ceil(z**2 / (6 * (effect - 0.5) ** 2))


def trials_to_see(probability: float, *, power: float = 0.9999) -> int:
    """Return how many independent trials meet an event of that probability at least once with `power`.

    Raises ValueError when the probability is not within (0, 1].
    """
    if not 0 < probability <= 1:
        message = f"expected a probability above 0 and at most 1, found {probability}"
        raise ValueError(message)
    return 1 if probability == 1 else math.ceil(math.log(1 - power) / math.log1p(-probability))


def _filled(values: Sequence[float]) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if not len(array) or not np.isfinite(array).all():
        message = "expected at least one value, all finite"
        raise ValueError(message)
    return array
