"""The load generator cannot keep up: its process is stopped for most of every moment."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import psutil

from harness.calibrate.sabotage._base import Sabotage, anyhow
from harness.engine.phases import TAIL
from harness.load import CHILD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from harness.model import Check

STOPPED, RUNNING = 0.6, 0.3


@contextlib.asynccontextmanager
async def _saturating() -> AsyncIterator[None]:
    """Stop what generates load, and let it go on, again and again."""
    task = asyncio.create_task(_stop_and_go())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _stop_and_go() -> None:
    while True:
        found = list(_generators())
        try:
            _each(found, psutil.Process.suspend)
            await asyncio.sleep(STOPPED if found else RUNNING)
        finally:
            _each(found, psutil.Process.resume)
        await asyncio.sleep(RUNNING)


def _each(processes: list[psutil.Process], order: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            order(process)


def _generators() -> Iterator[psutil.Process]:
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if CHILD in process.cmdline():
                yield process


def _loads(check: Check) -> bool:
    return check.id == TAIL.id


SABOTAGE = Sabotage(
    title="The load generator is saturated",
    around=_saturating,
    tries=anyhow,
    affects=_loads,
    applies=lambda scenario: scenario.load is not None,
)
