"""Load samples in the shapes that charts and tables want: percentiles by order statistics, and rates over time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import LoadRun, Sample

QUANTILES = (50.0, 75.0, 90.0, 95.0, 99.0, 99.9)
BUCKETS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Latencies of one operation in milliseconds, sorted; what was never answered is infinite."""

    operation: str
    intended: tuple[float, ...]
    service: tuple[float, ...]
    failures: int

    def percentile(self, quantile: float, *, service: bool = False) -> float | None:
        """Return the smallest latency that `quantile` per cent of the samples do not exceed."""
        return percentile(self.service if service else self.intended, quantile)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A stretch of time: its middle in seconds, latencies in milliseconds, arrivals and failures a second."""

    at: float
    p50: float | None
    p95: float | None
    asked: float
    answered: float
    failed: float


def percentile(ordered: Sequence[float], quantile: float) -> float | None:
    """Return the order statistic at `quantile` per cent of sorted values, None of none."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(len(ordered) * quantile / 100 - 1e-9) - 1)]


def latencies(load: LoadRun) -> tuple[Latency, ...]:
    """Return the latencies of each operation, by name; expected 429 answers are left out, as in the gates."""
    names = sorted({sample.operation for sample in load.samples})
    return tuple(_latency(name, [sample for sample in load.samples if sample.operation == name]) for name in names)


def buckets(load: LoadRun) -> tuple[Bucket, ...]:
    """Return the load over time, in at most 120 stretches of whole seconds."""
    width = max(1.0, math.ceil(load.seconds / BUCKETS))
    grouped: dict[int, list[Sample]] = {}
    for sample in load.samples:
        grouped.setdefault(int(sample.intended // width), []).append(sample)
    return tuple(_bucket(index, width, load.seconds, samples) for index, samples in sorted(grouped.items()))


def _latency(name: str, samples: Sequence[Sample]) -> Latency:
    counted = [sample for sample in samples if sample.kind != "limited"]
    return Latency(
        operation=name,
        intended=tuple(sorted(_milliseconds(sample.intended, sample) for sample in counted)),
        service=tuple(sorted(_milliseconds(sample.started, sample) for sample in counted)),
        failures=sum(not sample.ok for sample in counted),
    )


def _milliseconds(since: float | None, sample: Sample) -> float:
    unanswered = since is None or sample.done is None or sample.kind in {"timeout", "unsent", "server-error"}
    return math.inf if unanswered or since is None or sample.done is None else (sample.done - since) * 1000


def _bucket(index: int, width: float, seconds: float, samples: Sequence[Sample]) -> Bucket:
    span = max(min(width, seconds - index * width), 1e-9)
    ordered = sorted(_milliseconds(sample.intended, sample) for sample in samples)
    finite = [value for value in ordered if math.isfinite(value)]
    return Bucket(
        at=index * width + span / 2,
        p50=percentile(finite, 50),
        p95=percentile(finite, 95),
        asked=len(samples) / span,
        answered=sum(sample.ok for sample in samples) / span,
        failed=sum(not sample.ok and sample.kind != "limited" for sample in samples) / span,
    )
