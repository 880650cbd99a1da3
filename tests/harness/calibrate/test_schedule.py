"""Trials side by side: as many as were asked for, and more only while the processors have nothing to do."""

from __future__ import annotations

import asyncio

import psutil
import pytest

from harness.calibrate import schedule
from harness.calibrate.cases import Case, Kind

CASES = [Case(kind=Kind.SOUND, subject="s", name=str(number)) for number in range(schedule.MOST + 4)]


class Trials:
    """Trials that last until more have begun than was asked for, or nothing happens any more."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.running = self.most = 0

    async def __call__(self, case: Case) -> None:
        """Note how many run at once."""
        self.begun.append(case.name)
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0.02)
        self.running -= 1


@pytest.mark.parametrize(("busy", "most"), [(100.0, 2), (0.0, schedule.MOST)])
async def test_more_at_once_while_the_processors_are_idle(
    monkeypatch: pytest.MonkeyPatch, busy: float, most: int
) -> None:
    """Two were asked for: it stays at two while there is work, and goes up to the most while all of them wait."""
    monkeypatch.setattr(psutil, "cpu_percent", lambda: busy)
    monkeypatch.setattr(schedule, "TICK", 0.0)
    trials = Trials()
    await schedule.side_by_side(CASES, trials, jobs=2)
    assert trials.begun == [case.name for case in CASES]
    assert trials.most == most


async def test_a_trial_that_breaks_ends_the_others() -> None:
    """An error of the calibration itself is raised, and nothing goes on behind its back."""

    async def broken(case: Case) -> None:
        await asyncio.sleep(0.01)
        raise LookupError(case.name)

    with pytest.raises(ExceptionGroup) as caught:
        await schedule.side_by_side(CASES, broken, jobs=1)
    assert caught.group_contains(LookupError)
