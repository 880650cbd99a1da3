"""A server error is asked for again before it is believed: one may come of a restart, or once in a thousand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.lab.told import told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from harness.model import Exchange

SERVER_ERROR = 500
PATIENCE = 2
"""Seconds that are waited at most where an answer asks for some."""


async def insistently(send: Callable[[], Awaitable[Exchange]]) -> Exchange:
    """Send, and once more after a server error; what then comes is believed."""
    exchange = await send()
    if exchange.status is None or exchange.status < SERVER_ERROR:
        return exchange
    await asyncio.sleep(_asked_to_wait(exchange))
    return await send()


def _asked_to_wait(exchange: Exchange) -> float:
    said = exchange.response.header("Retry-After") if exchange.response is not None else None
    seconds = told(said or "", "reset") or 0
    return seconds if seconds <= PATIENCE else 0
