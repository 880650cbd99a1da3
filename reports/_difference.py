"""The difference to the run before: what is new, fixed or still there, and which figures changed beyond their noise."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.evidence.history import PREVIOUS, answers
from reports import _view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.evidence.facts import Bundle
    from harness.model import Finding, GateResult, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure of a gate then and now; `beyond_noise` is None where it has no interval to tell."""

    gate: str
    before: str
    now: str
    beyond_noise: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed since the run `run` of `day`.

    A finding is fixed only where its check came to an answer this time; else it is `unknown` what became of it.
    """

    run: str
    day: str
    decision: str
    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    fixed: tuple[Mapping[str, Any], ...]
    unknown: tuple[Mapping[str, Any], ...]
    first_seen: Mapping[str, str]
    changes: tuple[Change, ...]


def difference(bundle: Bundle) -> Difference | None:
    """Return the difference to the run before, None where there was none or nothing readable was kept of it."""
    try:
        previous = json.loads(bundle.files.get(PREVIOUS, b"null"))
        return _difference(bundle.run, previous) if previous else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _difference(run: Run, previous: Mapping[str, Any]) -> Difference:
    then: Mapping[str, Any] = previous["findings"]
    now = {each.fingerprint for each in run.verdict.findings}
    answered = {each.check.id for each in run.results if answers(each.outcome)}
    gone = [row for key, row in then.items() if key not in now]
    return Difference(
        run=str(previous["run"]),
        day=_view.moment(float(previous["started"])),
        decision=str(previous["decision"]),
        new=tuple(each for each in run.verdict.findings if each.fingerprint not in then),
        known=tuple(each for each in run.verdict.findings if each.fingerprint in then),
        fixed=tuple(row for row in gone if row["check"] in answered),
        unknown=tuple(row for row in gone if row["check"] not in answered),
        first_seen={str(key): str(day) for key, day in previous["first_seen"].items()},
        changes=tuple(_changes(run, previous["gates"])),
    )


def _changes(run: Run, gates: Mapping[str, Any]) -> Iterator[Change]:
    for result in run.verdict.gates:
        then = gates.get(result.gate.name)
        if then is None or result.observed is None or then["observed"] == result.observed:
            continue
        yield Change(
            gate=result.gate.name,
            before=f"{_number(then['observed'])} {_unit(result)}".rstrip(),
            now=_view.observed(result),
            beyond_noise=_apart(then, result),
        )


def _apart(then: Mapping[str, Any], now: GateResult) -> bool | None:
    """Whether two intervals have nothing in common."""
    low, high = then["low"], then["high"]
    if low is None or high is None or now.low is None or now.high is None:
        return None
    return float(high) < now.low or now.high < float(low)


def _unit(result: GateResult) -> str:
    return "%" if result.gate.unit == "all passed" else result.gate.unit


def _number(value: Any) -> str:
    return _view.number(float(value)) if value is not None else _view.number(math.nan)
