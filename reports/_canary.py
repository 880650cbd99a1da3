"""The phases of a rollout as declared, and which of their conditions the load of this run already speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.model import Outcome
from harness.scenario import parse_scenario
from reports import _view

if TYPE_CHECKING:
    from harness.model import GateResult, Run

_CONDITION = re.compile(r"(?P<metric>success rate|p95)[^<>\d]*(?P<sign>[<>])\s*(?P<limit>\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase; `seen` says what the load of this run showed of its conditions, as far as they name a figure of it."""

    number: int
    share: float
    lasts: str
    budget: str
    rollback: str
    seen: tuple[tuple[Outcome, str], ...]


def phases(run: Run) -> tuple[Phase, ...]:
    """Return the declared phases; nothing is observed of a rollout before it takes place."""
    declared = parse_scenario(run.scenario_text, where="scenario.toml").canary
    return tuple(
        Phase(
            number=number,
            share=each.share,
            lasts=_view.duration(each.minutes * 60),
            budget="none" if each.error_budget is None else _view.number(each.error_budget),
            rollback=each.rollback,
            seen=_seen(run, each.rollback),
        )
        for number, each in enumerate(declared, 1)
    )


def _seen(run: Run, condition: str) -> tuple[tuple[Outcome, str], ...]:
    """Compare each figure that the condition names with what was measured; the interval decides, as in a gate."""
    found = []
    for match in _CONDITION.finditer(condition):
        limit, below = float(match["limit"]), match["sign"] == "<"
        for gate in run.verdict.gates:
            if gate.gate.metric.startswith(match["metric"]) and gate.observed is not None:
                said = f"{gate.gate.name}: {_view.observed(gate)} {_view.interval(gate)}".rstrip()
                found.append((_compared(gate, limit, below=below), said))
    return tuple(found)


def _compared(gate: GateResult, limit: float, *, below: bool) -> Outcome:
    """Return PASSED where the whole interval is on the good side of the limit, FAILED where none of it is."""
    low, high = gate.low, gate.high
    if low is None or high is None:
        return Outcome.INCONCLUSIVE
    if (low >= limit) if below else (high <= limit):
        return Outcome.PASSED
    return Outcome.FAILED if ((high < limit) if below else (low > limit)) else Outcome.INCONCLUSIVE
