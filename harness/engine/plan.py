"""Which checks will run, in which order, and which cannot, and why."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness import registry
from harness.engine import phases
from harness.errors import NothingToTest
from harness.expect import inconclusive, skipped
from harness.model import Check, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.lab import Session
    from harness.model import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The checks that run, and the results of those that do not."""

    watchers: tuple[Check, ...]
    probes: tuple[Check, ...]
    exclusive: tuple[Check, ...]
    draining: tuple[Check, ...]
    phases: tuple[Check, ...]
    not_run: tuple[Result, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Everything that runs, in order."""
        return (*self.watchers, *self.probes, *self.exclusive, *self.phases, *self.draining)


@functools.cache
def every_check() -> tuple[Check, ...]:
    """Return the discovered checks and the phases that have a process of their own."""
    return (*registry.discover(), *phases.CHECKS)


def make_plan(
    session: Session, *, only: Sequence[str] = (), skip: Sequence[str] = (), modes: Sequence[str] = ()
) -> Plan:
    """Return the plan; raise NothingToTest when no check can run.

    A check whose needs are not offered is SKIPPED(not-offered); one that `--skip` removed is INCONCLUSIVE(removed);
    with `only`, all others are not part of the run, and the run is about these alone, slow ones included.
    """
    known = every_check()
    chosen = registry.select(known, only=only)
    kept = {check.id for check in registry.select(chosen, skip=skip)} if skip else {check.id for check in chosen}
    if modes:
        chosen = tuple(check for check in chosen if check.mode in modes)
    why_not = {check.id: _obstacle(check, session, kept=check.id in kept, asked=bool(only)) for check in chosen}
    runs = [check for check in chosen if why_not[check.id] is None]
    not_run = [Result(check=check, observations=(why,)) for check in chosen if (why := why_not[check.id]) is not None]
    if not runs:
        raise NothingToTest(
            "nothing to test: no check can run with what the scenario offers;"
            " describe users and resources, see scenarios/ for examples"
        )
    return _ordered(runs, not_run)


def _obstacle(check: Check, session: Session, *, kept: bool, asked: bool) -> Observation | None:
    """Return why a check is not part of the run, None if it is; `asked` is true where it was named with `--only`."""
    if not kept:
        return inconclusive(check.id, "removed", "removed by --skip, so nothing is known of it")
    missing = session.not_offered(check.needs)
    if missing is not None:
        return skipped(check.id, "not-offered", missing)
    if check.needs.slow and session.profile == "quick" and not asked:
        sentence = "takes too long for the quick profile; --profile ci or full runs it"
        return skipped(check.id, "not-in-profile", sentence)
    return None


def _ordered(runs: Iterable[Check], not_run: Iterable[Result]) -> Plan:
    chosen = tuple(runs)
    probes = tuple(check for check in chosen if check.run is not None)
    return Plan(
        watchers=tuple(check for check in chosen if check.watch is not None),
        probes=tuple(check for check in probes if not (check.needs.drains or check.needs.exclusive)),
        exclusive=tuple(check for check in probes if check.needs.exclusive and not check.needs.drains),
        draining=tuple(check for check in probes if check.needs.drains),
        phases=tuple(check for check in chosen if check.run is None and check.watch is None),
        not_run=tuple(not_run),
    )
