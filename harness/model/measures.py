"""Samples of a load run, thresholds, and how the one came out against the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.model.outcomes import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One scheduled arrival of a load run.

    Times are seconds since the start of the load; `started` and `done` are None for an arrival that was never sent or
    never answered. `ok` says whether the answer was the declared success (for lists and searches a non-empty one too).
    `kind` is "ok", "wrong" (another status), "empty", "server-error", "timeout", "unsent", "limited" (expected 429).
    """

    operation: str
    intended: float
    started: float | None = None
    done: float | None = None
    status: int | None = None
    kind: str = "ok"

    @property
    def ok(self) -> bool:
        """Whether the arrival ended in the declared success."""
        return self.kind == "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRun:
    """What a load phase did: every arrival, how honest the generator was, and what responses gave away."""

    samples: tuple[Sample, ...]
    seconds: float
    asked_rate: float
    lateness_p99: float
    generator_cpu: float
    error: str | None = None
    leaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A threshold: `metric comparison limit`, decided with a one-sided `confidence` and at least `minimum` samples."""

    name: str
    metric: str
    comparison: str
    limit: float
    unit: str = ""
    confidence: float = 0.95
    minimum: int = 1
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """How a gate came out: observed value, interval and n, and a sentence (the margin, or the samples still needed)."""

    gate: Gate
    outcome: Outcome
    observed: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    sentence: str = ""
    reason: str | None = None
