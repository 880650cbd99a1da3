"""Trials in processes of their own: every case comes back once, also where a process breaks or is told to end."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from harness.calibrate import Settings, crew
from harness.calibrate.benches import prepared, taken, told
from harness.calibrate.cases import subjects
from harness.calibrate.crew import try_together
from harness.calibrate.run import all_cases

if TYPE_CHECKING:
    from harness.calibrate.cases import Case, Row

TINY = Settings(scenarios=(Path(__file__).with_name("tiny.toml"),), quick=True)


@pytest.fixture(autouse=True)
def _two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "WORTH", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


async def chosen(*names: str) -> list[Case]:
    """Return the cases of these names."""
    return [case for case in await all_cases(subjects(TINY.scenarios), TINY) if case.name in names]


def workers() -> list[psutil.Process]:
    """Return the processes of the crew."""
    below = psutil.Process().children(recursive=True)
    return [each for each in below if each.status() != psutil.STATUS_ZOMBIE and crew.WORKER in each.cmdline()]


async def test_each_case_comes_back_once_with_what_came_of_it() -> None:
    """Flaws, forks, hollow targets and what the scenario says travel to the processes and back."""
    cases = await chosen("list-leak", "delete-foreign", "unheard-of", "deaf")
    rows: list[Row] = []
    async with prepared(subjects(TINY.scenarios), cases, TINY) as bench:
        assert told(taken(told(bench))) == told(bench)
        await try_together(cases, bench, rows.append, jobs=2)
    found = {row.case: row for row in rows}
    assert len(rows) == len(cases)
    assert found.keys() == set(cases)
    assert [bool(found[case].killers) for case in cases if case.seeded] == [True, True, False]
    assert not [row.error for row in rows if row.error]


async def test_what_broken_processes_leave_is_rows_with_an_error() -> None:
    """Nothing is lost: neither what they were at work on, nor what nobody has begun."""
    cases = await chosen("list-leak", "delete-foreign", "unheard-of", "deaf", "open")
    rows: list[Row] = []

    def take(row: Row) -> None:
        if not rows:
            for each in workers():
                each.send_signal(signal.SIGKILL)
        rows.append(row)

    async with prepared(subjects(TINY.scenarios), cases, TINY) as bench:
        await try_together(cases, bench, take, jobs=1)
    assert [row.case for row in rows].count(rows[0].case) == 1
    assert {row.case for row in rows} == set(cases)
    assert any("ended" in (row.error or "") for row in rows[1:])


async def test_an_interruption_ends_the_processes() -> None:
    """Whoever waits for the rows may be cancelled: nobody works on behind its back."""
    cases = await chosen("list-leak", "delete-foreign", "unheard-of", "deaf", "open")
    one = asyncio.Event()
    async with prepared(subjects(TINY.scenarios), cases, TINY) as bench:
        trying = asyncio.create_task(try_together(cases, bench, lambda _row: one.set(), jobs=1))
        await one.wait()
        assert workers()
        trying.cancel()
        await asyncio.wait([trying])
        assert not workers()
