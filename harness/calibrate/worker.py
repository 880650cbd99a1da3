"""Carries out trials for another process: the bench and cases come by standard input, requests and rows go out.

Each line is JSON. The first one in is the bench. Out go `null`, which asks for a case, and rows; a case comes in for
each `null`, or `null` where there are no more. When the input ends, so does the work.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from harness.calibrate.benches import taken
from harness.calibrate.cases import Case
from harness.calibrate.schedule import side_by_side
from harness.calibrate.trial import trial

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 2**24
ENDED = 2


async def work(lines: asyncio.StreamReader, say: Callable[[Any], None]) -> None:
    """Take the bench, then case after case, and say what came of each."""
    order = json.loads(await lines.readline())
    bench = taken(order)

    async def following() -> Case | None:
        say(None)
        line = await lines.readline()
        told = json.loads(line) if line else None
        return Case.read(told) if told is not None else None

    async def one(case: Case) -> None:
        say(dataclasses.asdict(await trial(case, bench)))

    await side_by_side(following, one, jobs=order["jobs"], most=order["most"])


async def _until_told() -> int:
    """Work until there is nothing more to do, or SIGTERM says so: then what was started is ended first."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=LONGEST)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints does not speak for us

    def say(value: Any) -> None:
        out.write(json.dumps(value) + "\n")
        out.flush()

    task = asyncio.create_task(work(lines, say))
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
        return 0
    return ENDED


if __name__ == "__main__":
    sys.exit(asyncio.run(_until_told()))
