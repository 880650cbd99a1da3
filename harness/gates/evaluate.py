"""Decide every gate on what a run observed; nothing observed is never a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.gates import counts, load_gates, matrices
from harness.gates.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.model import Cleanup, Gate, GateResult, LoadRun, Result

_JUDGES: Mapping[str, Callable[[Gate, Facts], GateResult]] = {
    "security violations": counts.security,
    "contract": counts.contract,
    "cleanup": counts.cleanup,
    "isolation verified": matrices.isolation,
    "jwt enforcement": matrices.tokens,
    "rate-limit isolation": matrices.limits,
    "generator honest": load_gates.honesty,
}


def evaluate(
    gates: Sequence[Gate],
    *,
    results: Sequence[Result],
    load: LoadRun | None = None,
    load_offered: bool = False,
    cleanup: Sequence[Cleanup] = (),
    waived: frozenset[str] = frozenset(),
    blocks: bool = True,
) -> tuple[GateResult, ...]:
    """Return how each gate came out, a latency gate once per operation that was loaded.

    `load_offered` says whether a load phase was asked for, `waived` holds the fingerprints of live waivers, and
    `blocks` whether latencies are judged in one-second blocks (False: the quick, independent rule).
    """
    facts = Facts(
        results=tuple(results),
        load=load,
        load_offered=load_offered,
        cleanup=tuple(cleanup),
        waived=waived,
        blocks=blocks,
    )
    named = frozenset(gate.metric for gate in gates)
    return tuple(judged for gate in gates for judged in _judge(gate, facts, named))


def _judge(gate: Gate, facts: Facts, named: frozenset[str]) -> Iterator[GateResult]:
    if gate.metric in _JUDGES:
        yield _JUDGES[gate.metric](gate, facts)
    elif gate.metric.startswith("success rate"):
        yield load_gates.success(gate, facts)
    else:
        yield from load_gates.latency(gate, facts, named)
