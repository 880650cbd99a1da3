"""Sound services again and again: how often is there an alarm, or no answer, where there is nothing wrong."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.calibrate import choice
from harness.calibrate.cases import flaws, sound, subjects
from harness.calibrate.schedule import side_by_side
from harness.calibrate.trial import Bench, trial
from harness.engine.plan import every_check
from harness.registry import select

if TYPE_CHECKING:
    from harness.calibrate.benches import Settings
    from harness.calibrate.cases import Case
    from harness.calibrate.run import Watching

MOST = 5
"""Runs at once: each has all checks, and on a crowded machine some would not end in time."""


async def soak(settings: Settings, runs: int, watching: Watching) -> Counter[tuple[str, str]]:
    """Run every check (or those of `only`) on each sound service `runs` times, with another seed each time.

    Runs go on side by side while they mostly wait; what measures time has the machine alone, and a quick soak leaves it
    out, like what has a process of its own. Returns how often each
    "service:check" had which outcome other than passed or skipped.
    """
    found = subjects(settings.scenarios)
    checks = select(every_check(), only=settings.only)
    extent = choice.Extent(quick=settings.quick)
    bench = Bench(subjects={each.name: each for each in found}, checks=checks, documents={}, extent=extent)
    counted: Counter[tuple[str, str]] = Counter()
    once = [case for each in found for case in sound(each, await flaws(each, settings.outside))]
    cases = [
        replace(case, name=f"run {number}", timed=timed, seed=number)
        for number in range(1, runs + 1)
        for case in once
        for timed in ((False,) if settings.quick else (False, True))
    ]
    cases = [case for case in cases if choice.stages(case, checks, extent)]
    watching.begins(len(cases), 0)
    tried = itertools.count(1)

    async def one(case: Case) -> None:
        row = await trial(case, bench)
        watching.tried(row, next(tried), len(cases))
        alarms = row.having("failed", "error", "inconclusive")
        counted.update((f"{row.case.subject}:{check}", row.outcomes[check]) for check in alarms)
        if row.error:
            counted[row.case.subject, row.error] += 1

    await side_by_side([case for case in cases if not choice.alone(case, checks)], one, jobs=settings.jobs, most=MOST)
    for case in cases:
        if choice.alone(case, checks):
            await one(case)
    return counted
