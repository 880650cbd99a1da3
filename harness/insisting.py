"""A server error is asked for again before it is believed: one may come of a restart, or once in a thousand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.quota_headers import asked_to_wait

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from harness.model import Exchange

PATIENCE = 2
"""Seconds that are waited at most where an answer asks for some."""


async def insistently(send: Callable[[], Awaitable[Exchange]]) -> Exchange:
    """Send, and once more after a server error; what then comes is believed."""
    exchange = await send()
    if exchange.response is None or not exchange.response.is_failure:
        return exchange
    seconds = asked_to_wait(exchange) or 0
    await asyncio.sleep(seconds if seconds <= PATIENCE else 0)
    return await send()
