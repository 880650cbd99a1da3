"""Ending a command early, in good order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

INTERRUPTED = 2


def interruptible(work: Coroutine[Any, Any, int]) -> int:
    """Run a coroutine; the first Ctrl-C or SIGTERM asks it to end, a second one does not wait."""

    async def guarded() -> int:
        task = asyncio.create_task(work)
        stop, loop = _Stop(task), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.ask)
        with contextlib.suppress(asyncio.CancelledError):
            return await task
        return INTERRUPTED

    return asyncio.run(guarded())


class _Stop:
    """Asks a task to end; when asked again, ends the process."""

    def __init__(self, task: asyncio.Future[int]) -> None:
        self._task = task
        self._asked = False

    def ask(self) -> None:
        if self._asked:
            os._exit(INTERRUPTED)
        self._asked = True
        self._task.cancel()
