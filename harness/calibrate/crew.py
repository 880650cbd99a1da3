"""Trials in as many processes as there are processors: one interpreter keeps only one of them busy."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import math
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections import deque
from typing import TYPE_CHECKING, Any

from harness.calibrate.benches import told
from harness.calibrate.cases import Case, Row
from harness.calibrate.schedule import MOST, in_order, side_by_side
from harness.calibrate.trial import trial

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable, Mapping, Sequence

    from harness.calibrate.trial import Bench

WORKER = "harness.calibrate.worker"
WORTH = 8
"""From how many cases each on it pays to start processes, whose imports take more than a second."""
GRACE = 20.0
LONGEST = 2**24


async def try_together(
    cases: Sequence[Case], bench: Bench, take: Callable[[Row], None], *, jobs: int, most: int = MOST
) -> None:
    """Try the cases side by side, begun in their order, and hand each row over as soon as it is there.

    `jobs` and `most` (see `side_by_side`) are those of all processes together. What a process was at work on when it
    broke comes back as rows with an error.
    """
    count = min(os.cpu_count() or 1, len(cases) // WORTH)
    if count < 2:  # noqa: PLR2004 -- one process is this one

        async def one(case: Case) -> None:
            take(await trial(case, bench))

        await side_by_side(in_order(cases), one, jobs=jobs, most=most)
        return
    order = {**told(bench), "jobs": math.ceil(jobs / count), "most": math.ceil(most / count)}
    waiting = deque(cases)
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(_lead(order, waiting, take))
    for case in waiting:
        take(Row(case=case, error="the processes that try cases had all ended"))


async def _lead(order: Mapping[str, Any], waiting: deque[Case], take: Callable[[Row], None]) -> None:
    """Give a process one case whenever it asks for one, until there are no more."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", WORKER),
        stdin=PIPE,
        stdout=PIPE,
        limit=LONGEST,
        start_new_session=True,
    )
    assert process.stdin is not None  # noqa: S101 -- it was asked for
    assert process.stdout is not None  # noqa: S101 -- as above
    given: list[Case] = []
    try:
        process.stdin.write(_line(order))
        async for line in process.stdout:
            said = json.loads(line)
            if said is not None:
                row = Row.read(said)
                given.remove(row.case)
                take(row)
                continue
            following = waiting.popleft() if waiting else None
            given += [following] if following is not None else []
            process.stdin.write(_line(dataclasses.asdict(following) if following is not None else None))
        status = await process.wait()
    finally:
        await _end(process)
    for case in given:
        take(Row(case=case, error=f"the process that tried it ended with status {status}"))


def _line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


async def _end(process: Process) -> None:
    """Ask a process to end what it has started, and itself; do not wait for ever."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
