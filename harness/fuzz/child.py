"""A child process that is bounded in time, stops when asked, and cannot outlive us."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

GRACE = 5.0  # seconds to write its reports after an interrupt
TICK = 0.25
OUTPUT = "output.txt"


async def run_child(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    stop: asyncio.Event,
    on_tick: Callable[[], None] = lambda: None,
) -> tuple[int, str | None]:
    """Run the command in `folder` and return its exit code, and why it was stopped early, if it was.

    It is interrupted after `seconds` or once `stop` is set, then killed with its whole group. Its standard input stays
    open as long as we live, and nothing is ever written to it.
    """
    with (folder / OUTPUT).open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=dict(environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        reason = await _watch(process, seconds, stop, on_tick)
        if reason is not None:
            _signal(process, signal.SIGINT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), GRACE)
        return process.returncode if process.returncode is not None else -signal.SIGKILL, reason
    finally:
        _signal(process, signal.SIGKILL)
        if process.stdin is not None:
            process.stdin.close()
        await asyncio.shield(process.wait())


async def _watch(
    process: asyncio.subprocess.Process, seconds: float, stop: asyncio.Event, on_tick: Callable[[], None]
) -> str | None:
    """Return None when the child has ended, else why it must."""
    ended = asyncio.ensure_future(process.wait())
    deadline = asyncio.get_running_loop().time() + seconds
    try:
        while not ended.done():
            await asyncio.wait({ended}, timeout=TICK)
            on_tick()
            if stop.is_set():
                return "the budget of the run is used up"
            if asyncio.get_running_loop().time() > deadline:
                return f"it did not end within {seconds:g} s"
        return None
    finally:
        ended.cancel()


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Send a signal to the child and its group, unless it has gone (its id may be somebody else's by then)."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
