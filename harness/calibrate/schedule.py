"""Many trials at once on a machine of few processors: what waits does not keep others waiting."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from harness.calibrate.cases import Case

MOST = 20
TICK = 0.25
BUSY = 85.0
"""Per cent of all processors from which on nothing more is begun beside what was asked for."""


async def side_by_side(
    cases: Sequence[Case], try_one: Callable[[Case], Coroutine[Any, Any, None]], *, jobs: int, most: int = MOST
) -> None:
    """Try the cases in order, `jobs` at a time; more, `most` of them, for as long as the processors are idle.

    Many trials do nothing for seconds but wait until something must have shown. One more begins at each tick only, so
    that its work is seen before the next one.
    """
    waiting = list(reversed(cases))
    running: set[asyncio.Task[None]] = set()
    idle = _Idle()
    async with asyncio.TaskGroup() as group:
        while waiting:
            if len(running) < jobs or (len(running) < most and idle.long_enough()):
                running.add(group.create_task(try_one(waiting.pop())))
            else:
                _, running = await asyncio.wait(running, timeout=TICK, return_when=asyncio.FIRST_COMPLETED)


class _Idle:
    """Knows how busy the processors were since it was last asked."""

    def __init__(self) -> None:
        self._asked = time.monotonic()
        psutil.cpu_percent()

    def long_enough(self) -> bool:
        """Whether they were idle for a whole tick."""
        now = time.monotonic()
        if now - self._asked < TICK:
            return False
        self._asked = now
        return psutil.cpu_percent() < BUSY
