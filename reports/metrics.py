"""`METRICS_SNAPSHOT.json` and one HdrHistogram percentile file for each loaded operation."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from harness.evidence.serialise import json_bytes
from reports import _load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.evidence.facts import Bundle
    from harness.model import GateResult, Run

FORMAT = 1
_HALVINGS = 5


def render(bundle: Bundle) -> Mapping[str, bytes]:
    """Return the snapshot, and `latency/<operation>.hgrm` where there was load."""
    run = bundle.run
    latencies = () if run.load is None else _load.latencies(run.load)
    histograms = {
        f"latency/{_file_name(latency.operation, number)}.hgrm": _histogram(latency)
        for number, latency in enumerate(latencies, 1)
    }
    return {"METRICS_SNAPSHOT.json": json_bytes(_snapshot(run, latencies)), **histograms}


def _snapshot(run: Run, latencies: Iterable[_load.Latency]) -> dict[str, Any]:
    target = run.facts.get("metrics")
    return {
        "format": FORMAT,
        "run": run.id,
        "target": run.target.base_url,
        "decision": run.verdict.decision.value,
        "gates": [_gate(gate) for gate in run.verdict.gates],
        "latency_ms": {latency.operation: _percentiles(latency) for latency in latencies},
        "load": _generator(run),
        "target_metrics": target if isinstance(target, dict) else {"offered": False},
    }


def _gate(result: GateResult) -> dict[str, Any]:
    return {
        "gate": result.gate.name,
        "comparison": result.gate.comparison,
        "limit": result.gate.limit,
        "unit": result.gate.unit,
        "confidence": result.gate.confidence,
        "outcome": result.outcome.value,
        "observed": result.observed,
        "interval": [result.low, result.high],
        "n": result.n,
        "sentence": result.sentence,
    }


def _percentiles(latency: _load.Latency) -> dict[str, Any]:
    names = {f"p{quantile:g}": quantile for quantile in (*_load.QUANTILES, 100.0)}
    return {
        "n": len(latency.intended),
        "failures": latency.failures,
        "from_intended_time": {name: latency.percentile(quantile) for name, quantile in names.items()},
        "from_send_time": {name: latency.percentile(quantile, service=True) for name, quantile in names.items()},
    }


def _generator(run: Run) -> dict[str, Any] | None:
    load = run.load
    if load is None:
        return None
    kinds = sorted({sample.kind for sample in load.samples})
    return {
        "seconds": load.seconds,
        "asked_per_second": load.asked_rate,
        "sent_per_second": sum(sample.started is not None for sample in load.samples) / load.seconds
        if load.seconds
        else 0.0,
        "lateness_p99_seconds": load.lateness_p99,
        "generator_cpu": load.generator_cpu,
        "error": load.error,
        "arrivals": {kind: sum(sample.kind == kind for sample in load.samples) for kind in kinds},
    }


def _histogram(latency: _load.Latency) -> bytes:
    """The text that HdrHistogram plotters read: value in ms, percentile, count up to it, 1/(1-percentile)."""
    values = [value for value in latency.intended if math.isfinite(value)]
    lines = ["       Value     Percentile TotalCount 1/(1-Percentile)", ""]
    for share in _shares(len(values)):
        count = max(1, math.ceil(len(values) * share - 1e-9))
        inverse = "inf" if share >= 1 else f"{1 / (1 - share):.2f}"
        lines.append(f"{values[count - 1]:12.3f} {share:14.12f} {count:10d} {inverse:>14}")
    mean = math.fsum(values) / len(values) if values else 0.0
    lines.append(f"#[Mean    = {mean:12.3f}, Total count    = {len(values):10d}]")
    lines.append(f"#[Unanswered or server error, not in the above = {len(latency.intended) - len(values)}]")
    return ("\n".join(lines) + "\n").encode()


def _shares(n: int) -> list[float]:
    """Five steps for each halving of what is left, until single samples."""
    if not n:
        return []
    shares, left = [], 1.0
    while left > 1 / n:
        shares += [1 - left + left / 2 * step / _HALVINGS for step in range(_HALVINGS)]
        left /= 2
    return [*shares, 1.0]


def _file_name(operation: str, number: int) -> str:
    return f"{number:02d}-{re.sub(r'[^A-Za-z0-9]+', '_', operation).strip('_')[:80]}"
