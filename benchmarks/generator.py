"""What one request costs the generator: our load child beside stock Locust, at the same rate in the same run."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import sys
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING, cast

from harness.load import Lease, Shot, run
from harness.model import Identity, Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_RATE, _SECONDS, _ROUNDS = 2000, 3.0, 3


async def measure() -> dict[str, float]:
    """Return the median CPU microseconds of one request for each generator, and their ratio; rounds alternate."""
    ours, stock = [], []
    async with constant_server() as url:
        for _ in range(_ROUNDS):
            ours.append(await _ours(url))
            stock.append(await _stock(url))
    ours_us, stock_us = statistics.median(ours), statistics.median(stock)
    return {
        "load child, us of CPU per request": round(ours_us, 1),
        "Locust FastHttpUser, us of CPU per request": round(stock_us, 1),
        "FastHttpUser / load child": round(stock_us / ours_us, 2),
    }


@contextlib.asynccontextmanager
async def constant_server() -> AsyncIterator[str]:
    """Run the far end in a process of its own, and give its URL."""
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.constant_server"), stdin=PIPE, stdout=PIPE
    )
    try:
        yield f"http://127.0.0.1:{int(await cast('asyncio.StreamReader', server.stdout).readline())}"
    finally:
        cast("asyncio.StreamWriter", server.stdin).close()
        await server.wait()


async def _ours(url: str) -> float:
    """Return CPU microseconds for each request of the load child."""
    shot = Shot(operation="GET /", request=Request(method="GET", target="/"), user="anonymous")
    load = await run(
        Lease(
            base_url=url,
            shots=(shot,),
            identities=(Identity(name="anonymous"),),
            rate=_RATE,
            seconds=_SECONDS,
            cap=10 * _RATE,
            seed=1,
            arrivals="uniform",
        )
    )
    good = sum(sample.ok for sample in load.samples)
    if load.error or good != len(load.samples):
        raise RuntimeError(f"{good} of {len(load.samples)} requests of the load child succeeded: {load.error}")
    return load.generator_cpu * _SECONDS / good * 1e6


async def _stock(url: str) -> float:
    """Return CPU microseconds for each request of stock Locust."""
    command = (sys.executable, "-m", "benchmarks.fast_http_user", url, str(_RATE), str(_SECONDS))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    output, _ = await process.communicate()
    requests, cpu = json.loads(output)
    return float(cpu) / float(requests) * 1e6
