"""What one request of a check costs: our transport beside httpx, on the same connections in the same run."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import TYPE_CHECKING

import httpx

from benchmarks.generator import constant_server
from harness.model import Request
from harness.policy import Origin
from harness.transport import HttpTransport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

REQUESTS, AT_ONCE, ROUNDS = 2400, 8, 3
HEADERS = (("Authorization", f"Bearer {'x' * 200}"),)


async def measure() -> dict[str, float]:
    """Return the median CPU microseconds of one request for each client, and their ratio; rounds alternate."""
    ours, theirs = [], []
    async with constant_server() as url:
        for _ in range(ROUNDS):
            ours.append(await _ours(url))
            theirs.append(await _httpx(url))
    ours_us, theirs_us = statistics.median(ours), statistics.median(theirs)
    return {
        "transport, us of CPU per request": round(ours_us, 1),
        "httpx, us of CPU per request": round(theirs_us, 1),
        "httpx / transport": round(theirs_us / ours_us, 2),
    }


async def _ours(url: str) -> float:
    transport, request = HttpTransport(Origin.parse(url)), Request(method="GET", target="/")
    try:
        return await _cost(lambda: transport.send(request, HEADERS, timeout=10.0))
    finally:
        await transport.aclose()


async def _httpx(url: str) -> float:
    async with httpx.AsyncClient(trust_env=False, timeout=10.0) as client:
        return await _cost(lambda: client.get(url, headers=dict(HEADERS)))


async def _cost(send: Callable[[], Awaitable[object]]) -> float:
    """Return CPU microseconds for each of many requests, several at a time."""

    async def some() -> None:
        for _ in range(REQUESTS // AT_ONCE):
            await send()

    began = time.process_time()
    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return (time.process_time() - began) / REQUESTS * 1e6
