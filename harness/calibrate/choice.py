"""Which checks are tried in a case, in which order, and whether it needs the machine alone."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.calibrate import sabotage, sample
from harness.calibrate.cases import Case, Kind
from harness.engine import preflight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.model import Check
    from harness.scenario import Scenario

FEW = 5
ENDLESS = frozenset({"slow", "hostile-slow-drip"})


def catching(case: Case, checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the checks that catch the weakness of a flaw, the preflight included."""
    return tuple(check for check in (*checks, preflight.CHECK) if case.weakness in check.catches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of the matrix is filled in.

    A `quick` calibration leaves out what takes long. Of the cases `sampled` only a share of the checks is tried; the
    flaws `beside` are those that all other checks are asked about, too, and each of their own.
    """

    quick: bool = False
    sampled: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()

    def is_part(self, case: Case) -> bool:
        """Whether one resource is tried, another one for each case, and few operations: all of it is hollow alike."""
        sampled = self.quick or case.id in self.sampled
        return case.kind is Kind.HOLLOW or (case.kind is Kind.BENIGN and sampled)


@dataclass(frozen=True, slots=True)
class Stage:
    """One run of a case: the ids of its checks.

    Of a flaw, the next stage runs while it survives, but one `beside` always does: what other checks say of a flaw that
    their own has killed. That is asked of a part of the scenario (`part`).
    """

    only: tuple[str, ...]
    beside: bool = False


def stages(case: Case, checks: Sequence[Check], extent: Extent) -> list[Stage]:
    """Return the runs of a case on one service, in their order."""
    if case.kind is Kind.FLAW:
        own = [Stage(only) for only in _against_flaw(case, checks)]
        return [*own, Stage(_every_brief(checks), beside=True)] if own and case.id in extent.beside else own
    chosen = _against_other(case, checks, quick=extent.quick)
    only = _ids(sample.share(case, chosen) if case.id in extent.sampled else chosen)
    return [Stage(only)] if only else []


def extent(cases: Sequence[Case], *, quick: bool, named: bool) -> Extent:
    """Return how much of the matrix a calibration of these cases fills in; what is `named` is tried in full."""
    every = frozenset(case.id for case in cases if case.kind is Kind.FLAW)
    beside = every if named else sample.standing(cases, lambda case: case.family)
    sampled = frozenset[str]() if named else sample.thinned(cases, quick=quick)
    return Extent(quick=quick, sampled=sampled, beside=frozenset() if quick else beside)


def part(scenario: Scenario, case: Case) -> Scenario:
    """Return the scenario with one of its resources, and what that is nested below: another one for each flaw."""
    if not scenario.resource:
        return scenario
    known = {spec.name: spec for spec in scenario.resource}
    chosen = scenario.resource[zlib.crc32(case.id.encode()) % len(known)]
    kept = {chosen.name}
    while chosen.parent is not None and chosen.parent not in kept:
        chosen = known[chosen.parent]
        kept.add(chosen.name)
    return scenario.model_copy(update={"resource": [spec for spec in scenario.resource if spec.name in kept]})


def _against_other(case: Case, checks: Sequence[Check], *, quick: bool) -> list[Check]:
    """Return the checks that are tried on what has no flaw."""
    if case.kind is Kind.HOLLOW:
        chosen = [check for check in checks if not (_is_phase(check) or (quick and check.needs.timed))]
        costly = case.name in ENDLESS or (quick and case.name.startswith("hostile-"))
        return _one_of_each(chosen, families=FEW) if costly else chosen
    if case.kind is Kind.SABOTAGE:
        how = sabotage.load(case.name)
        beside = [check for check in checks if _is_brief(check) and not how.affects(check)][:1]  # else none may be left
        return [*(check for check in checks if how.tries(check) and how.affects(check)), *beside]
    about = case.family if case.kind is Kind.SOUND else ""
    wanted = [check for check in checks if check.needs.timed == case.timed and about in {"", check.family}]
    chosen = [check for check in wanted if not (quick and _is_phase(check))]
    if case.kind is Kind.BENIGN:
        chosen = [check for check in chosen if concerns(case, check)]
        chosen = chosen if case.touches or not quick else _one_of_each(chosen)
    return chosen


def concerns(case: Case, check: Check) -> bool:
    """Whether a check is tried on a harmless variant: in the families that it touches, else any that is brief."""
    if check.watch is not None:
        return not case.timed
    return check.family in case.touches if case.touches else _is_brief(check)


def alone(case: Case, checks: Sequence[Check]) -> bool:
    """Whether the case has a check that measures time, so that nothing else may run beside it."""
    return case.timed or (case.kind is Kind.FLAW and any(check.needs.timed for check in catching(case, checks)))


def supervised(case: Case, checks: Sequence[Check]) -> bool:
    """Whether a check of the case ends what serves: something must start it anew, which nobody does for a fork."""
    return any("restarts" in check.needs.features for check in catching(case, checks))


def patience(case: Case, checks: Sequence[Check]) -> int:
    """How early to begin a case: those whose checks wait longest first, so that none of them is left at the end."""
    if case.kind is Kind.FLAW:
        waits = case.mode != "http" or any(check.needs.waits for check in catching(case, checks))
        return 1 if waits else 2
    return 0


def _against_flaw(case: Case, checks: Sequence[Check]) -> list[tuple[str, ...]]:
    """Return the probes first, then watchers beside them, then the phases: the cheaper one answers, the better."""
    own = catching(case, checks)
    if not own:
        return []
    probes = [check for check in own if check.run and check is not preflight.CHECK]
    watchers = [check for check in own if check.watch]
    grey = [check for check in checks if check.run and check.mode == "grey"] if case.mode == "grey" and watchers else []
    phases = [check for check in own if _is_phase(check)]
    only_preflight = _one_of_each(checks)[:1] if own == (preflight.CHECK,) else []
    provoked = [*(check for check in grey if check not in probes), *watchers] if grey else []
    runs = [probes or only_preflight, [*probes, *watchers], provoked, phases]
    return list(dict.fromkeys(_ids(run) for run in runs if run))


def _every_brief(checks: Sequence[Check]) -> tuple[str, ...]:
    """Return what is tried against every flaw: the brief probes, and the watchers."""
    return _ids(check for check in checks if _is_brief(check) or check.watch)


def _is_brief(check: Check) -> bool:
    """Whether a probe is tried against every flaw: plain HTTP, and no waiting for a quota or for the machine."""
    return check.run is not None and check.mode == "http" and not (check.needs.drains or check.needs.exclusive)


def _is_phase(check: Check) -> bool:
    return check.run is None and check.watch is None


def _one_of_each(checks: Iterable[Check], *, families: int | None = None) -> list[Check]:
    """Return the first probe of each family, or of so many families, and every watcher."""
    probes = {
        check.family: check
        for check in reversed(
            [check for check in checks if check.run and not (check.needs.drains or check.needs.exclusive)]
        )
    }
    return [*list(probes.values())[:families], *(check for check in checks if check.watch)]


def _ids(checks: Iterable[Check]) -> tuple[str, ...]:
    return tuple(check.id for check in checks)
