"""Which checks are tried in a case, in which order, and whether it needs the machine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.calibrate import sabotage
from harness.calibrate.cases import Case, Kind
from harness.engine import preflight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.model import Check

FEW = 5
ENDLESS = frozenset({"slow", "hostile-slow-drip"})


def catching(case: Case, checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the checks that catch the weakness of a flaw, the preflight included."""
    return tuple(check for check in (*checks, preflight.CHECK) if case.weakness in check.catches)


def stages(case: Case, checks: Sequence[Check], *, quick: bool) -> list[tuple[str, ...]]:
    """Return the ids of the checks of each run on one service; of a flaw, the next stage runs while it survives."""
    if case.kind is Kind.FLAW:
        return _against_flaw(case, checks, quick=quick)
    if case.kind is Kind.HOLLOW:
        chosen = [check for check in checks if not (_is_phase(check) or (quick and check.needs.timed))]
        costly = case.name in ENDLESS or (quick and case.name.startswith("hostile-"))
        return [_ids(_one_of_each(chosen, families=FEW) if costly else chosen)]
    if case.kind is Kind.SABOTAGE:
        how = sabotage.load(case.name)
        beside = [check for check in checks if _is_brief(check) and not how.affects(check)][:1]  # else none may be left
        return [_ids([*(check for check in checks if how.tries(check) and how.affects(check)), *beside])]
    part = case.family if case.kind is Kind.SOUND else ""
    wanted = [check for check in checks if check.needs.timed == case.timed and part in {"", check.family}]
    chosen = [check for check in wanted if not (quick and _is_phase(check))]
    if case.kind is Kind.BENIGN:
        chosen = [check for check in chosen if concerns(case, check)]
        chosen = chosen if case.touches or not quick else _one_of_each(chosen)
    return [_ids(chosen)] if chosen else []


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


def _against_flaw(case: Case, checks: Sequence[Check], *, quick: bool) -> list[tuple[str, ...]]:
    """Return the probes first, then watchers beside them, then the phases: the cheaper one answers, the better."""
    own = catching(case, checks)
    if not own:
        return []
    probes = [check for check in own if check.run and check is not preflight.CHECK]
    watchers = [check for check in own if check.watch]
    grey = [check for check in checks if check.run and check.mode == "grey"] if case.mode == "grey" and watchers else []
    if not quick:
        probes += [check for check in checks if _is_brief(check) and check not in probes]
        watchers = [check for check in checks if check.watch]
    phases = [check for check in own if _is_phase(check)]
    only_preflight = _one_of_each(checks)[:1] if own == (preflight.CHECK,) else []
    seen = [*probes, *watchers]
    provoked = [*(check for check in grey if check not in probes), *watchers] if grey else []
    runs = [probes or only_preflight, seen] if quick else [seen]
    return list(dict.fromkeys(_ids(run) for run in (*runs, provoked, phases) if run))


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
