"""Gates on a load run: whether its generator was honest, and then success rate and latency quantiles."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from harness.gates.facts import Facts, inconclusive, plural, skipped
from harness.model import Gate, GateResult, LoadRun, Outcome, Sample
from harness.statistics import Judgement, block_quantile_decision, proportion_decision, quantile_decision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ACHIEVED = 0.95
"""The least share of the asked rate that must have been sent."""
LATENESS = 0.1
"""The most seconds by which 99 of 100 requests may have left late."""
CPU = 0.9
"""The largest share of one core the generator may have used."""


def honesty(gate: Gate, facts: Facts) -> GateResult:
    """Whether the generator did what was asked; where not, it is the measurement that is missing, not the service."""
    if facts.load is None:
        return _absent(gate, facts)
    doubts = doubts_of(facts.load)
    if doubts:
        return inconclusive(gate, f"The load generator was not honest: {doubts}.", reason="generator")
    achieved = _sent(facts.load) / facts.load.seconds
    return GateResult(
        gate=gate,
        outcome=Outcome.PASSED,
        observed=1.0,
        n=len(facts.load.samples),
        sentence=f"The generator sent {achieved:,.1f} of {facts.load.asked_rate:,.1f} requests per second, "
        f"99 % of them less than {facts.load.lateness_p99 * 1000:,.0f} ms late.",
    )


def success(gate: Gate, facts: Facts) -> GateResult:
    """Decide the share of scheduled requests that ended in the declared success; expected 429 are counted apart."""
    if facts.load is None:
        return _absent(gate, facts)
    operation = _operation(gate)
    samples = [sample for sample in facts.load.samples if operation in {"", sample.operation}]
    counted = [sample for sample in samples if sample.kind != "limited"]
    limited = len(samples) - len(counted)
    doubts = doubts_of(facts.load)
    if doubts:
        return _distrusted(gate, doubts, len(counted))
    good = sum(sample.ok for sample in counted)
    judged = proportion_decision(
        good, len(counted), limit=gate.limit / 100, confidence=gate.confidence, minimum=gate.minimum
    )
    apart = f", {limited:,} expected 429 counted apart" if limited else ""
    basis = f"{plural(len(counted) - good, 'failure')} in {plural(len(counted), 'request')}{apart}"
    return _result(gate, judged, basis=basis, seconds=facts.load.seconds)


def latency(gate: Gate, facts: Facts, named: frozenset[str]) -> Iterator[GateResult]:
    """Decide a latency quantile from the intended send time, for each operation; anything unanswered is infinite."""
    if facts.load is None:
        yield _absent(gate, facts)
        return
    operation = _operation(gate)
    loaded = sorted({sample.operation for sample in facts.load.samples})
    wanted = [operation] if operation else [name for name in loaded if f"{gate.metric}:{name}" not in named]
    if not loaded:
        yield inconclusive(gate, "The load run sent nothing.", reason="no-samples")
    for name in wanted if loaded else ():
        quantile = gate.metric.partition(":")[0]
        named_gate = dataclasses.replace(gate, name=f'{quantile} "{name}"', metric=f"{quantile}:{name}")
        yield _latency(named_gate, facts, facts.load, name)


def _latency(gate: Gate, facts: Facts, load: LoadRun, operation: str) -> GateResult:
    samples = [sample for sample in load.samples if sample.operation == operation and sample.kind != "limited"]
    doubts = doubts_of(load)
    if doubts:
        return _distrusted(gate, doubts, len(samples))
    values = [_milliseconds(sample) for sample in samples]
    quantile = float(gate.metric.partition(":")[0][1:]) / 100
    if facts.blocks:
        judged = block_quantile_decision(
            values,
            [sample.intended for sample in samples],
            quantile=quantile,
            limit=gate.limit,
            confidence=gate.confidence,
            minimum=gate.minimum,
        )
    else:
        judged = quantile_decision(
            values, quantile=quantile, limit=gate.limit, confidence=gate.confidence, minimum=gate.minimum
        )
    rule = "in one-second blocks" if facts.blocks else "bursts not assessed"
    return _result(gate, judged, basis=f"{plural(len(samples), 'request')}, {rule}", seconds=load.seconds)


def _milliseconds(sample: Sample) -> float:
    answered = sample.ok and sample.done is not None
    return (sample.done - sample.intended) * 1000 if answered and sample.done is not None else math.inf


def _result(gate: Gate, judged: Judgement, *, basis: str, seconds: float) -> GateResult:
    scale = 100 if gate.unit == "%" else 1
    observed, low, high = (None if x is None else x * scale for x in (judged.observed, judged.low, judged.high))
    reason = None if judged.outcome is not Outcome.INCONCLUSIVE else "underpowered" if judged.n else "no-samples"
    bounds = (low, high) if gate.comparison == ">=" else (high, low)
    return GateResult(
        gate=gate,
        outcome=judged.outcome,
        observed=observed,
        low=low,
        high=high,
        n=judged.n,
        sentence=_sentence(gate, judged, f"It is {_amount(observed, gate)} ({basis})", bounds, seconds),
        reason=reason,
    )


def _sentence(
    gate: Gate, judged: Judgement, seen: str, bounds: tuple[float | None, float | None], seconds: float
) -> str:
    """Return the margin, or what would settle it; `bounds` are the worst and the best the figure may truly be."""
    level = f"{gate.confidence * 100:g} % confidence"
    limit = _amount(gate.limit, gate)
    words = ("at least", "at most") if gate.comparison == ">=" else ("at most", "at least")
    if judged.outcome is Outcome.PASSED:
        margin = _margin(bounds[0], gate)
        return f"{seen}, with {level} {words[0]} {_amount(bounds[0], gate)}: {margin} inside the limit of {limit}."
    if judged.outcome is Outcome.FAILED:
        margin = _margin(bounds[1], gate)
        return f"{seen}, with {level} {words[1]} {_amount(bounds[1], gate)}: {margin} outside the limit of {limit}."
    if not judged.n:
        return f"No request was measured; it takes at least {judged.more:,} to show {words[0]} {limit}."
    if judged.more is None:
        return f"{seen}, so close to the limit of {limit} that no number of requests like these would settle it."
    longer = math.ceil(judged.more / judged.n * seconds)
    more = f"{plural(judged.more, 'more request')} like these, {longer:,} s more of load, would"
    return f"{seen}, too few to tell with {level} whether it is {words[0]} {limit}; {more}."


def _amount(value: float | None, gate: Gate) -> str:
    if value is None:
        return "infinite"
    return f"{value:,.2f} %" if gate.unit == "%" else f"{value:,.0f} {gate.unit}"


def _margin(bound: float | None, gate: Gate) -> str:
    if bound is None:
        return "far"
    return f"{abs(bound - gate.limit):,.2f} points" if gate.unit == "%" else _amount(abs(bound - gate.limit), gate)


def _operation(gate: Gate) -> str:
    return gate.metric.partition(":")[2]


def _absent(gate: Gate, facts: Facts) -> GateResult:
    if facts.load_offered:
        return inconclusive(gate, "A load run was asked for and did not happen; see the timeline.", reason="no-load")
    return skipped(gate, "No load run was asked for.", reason="not-offered")


def _distrusted(gate: Gate, doubts: str, n: int) -> GateResult:
    return inconclusive(gate, f"Not measured, as the load generator was not honest: {doubts}.", reason="generator", n=n)


def _sent(load: LoadRun) -> int:
    return sum(sample.started is not None for sample in load.samples)


def doubts_of(load: LoadRun) -> str:
    """Return in words why the figures of a load run cannot be trusted, empty when they can."""
    if load.error is not None:
        return f"it broke ({load.error})"
    if not load.samples or load.seconds <= 0 or load.asked_rate <= 0:
        return "it sent nothing"
    rate = _sent(load) / load.seconds
    found: Sequence[str] = [
        *(
            [f"it sent {rate:,.1f} of {load.asked_rate:,.1f} requests per second"]
            if rate < ACHIEVED * load.asked_rate
            else []
        ),
        *([f"1 % left more than {load.lateness_p99 * 1000:,.0f} ms late"] if not load.lateness_p99 <= LATENESS else []),
        *([f"it used {load.generator_cpu:.0%} of a core"] if not load.generator_cpu <= CPU else []),
    ]
    return "; ".join(found)
