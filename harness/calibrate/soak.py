"""Sound services again and again: how often is there an alarm, or no answer, where there is nothing wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.calibrate import choice
from harness.calibrate.cases import Case, Kind, subjects
from harness.calibrate.trial import Bench, trial
from harness.engine.plan import every_check
from harness.registry import select

if TYPE_CHECKING:
    from harness.calibrate.run import Settings, Watching


async def soak(settings: Settings, runs: int, watching: Watching) -> Counter[tuple[str, str]]:
    """Run every check (or those of `only`) on each sound service `runs` times, with another seed each time.

    A quick soak leaves out what measures time, and what has a process of its own. Returns how often each
    "service:check" had which outcome other than passed or skipped.
    """
    found = subjects(settings.scenarios)
    checks = select(every_check(), only=settings.only)
    bench = Bench(subjects={each.name: each for each in found}, checks=checks, documents={}, quick=settings.quick)
    counted: Counter[tuple[str, str]] = Counter()
    cases = [
        Case(kind=Kind.SOUND, subject=each.name, name=f"run {number}", timed=timed)
        for number in range(1, runs + 1)
        for each in found
        for timed in ((False,) if settings.quick else (False, True))
    ]
    cases = [case for case in cases if choice.stages(case, checks, quick=settings.quick)]
    watching.begins(len(cases), 0)
    for number, case in enumerate(cases, start=1):
        row = await trial(case, replace(bench, seed=int(case.name.removeprefix("run "))))
        watching.tried(row, number, len(cases))
        counted.update(
            (f"{case.subject}:{check}", row.outcomes[check]) for check in row.having("failed", "error", "inconclusive")
        )
        if row.error:
            counted[case.subject, row.error] += 1
    return counted
