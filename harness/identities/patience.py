"""Sign-ups and log-ins that are limited: how long it is worth to wait for the next one."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.insisting import insistently
from harness.quota_headers import asked_to_wait

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from harness.model import Exchange

SHORT, LONG = 2.0, 60.0
"""Seconds of one wait: where a user that there is already serves as well, and where none does."""
ALTOGETHER = 180.0
"""Seconds from the first refusal of a run on in which waits may end."""


@dataclass(kw_only=True)
class Patience:
    """Sends again what was limited, for as long as a run has patience."""

    _until: float | None = None

    async def send(self, ask: Callable[[], Awaitable[Exchange]], *, longest: float) -> Exchange:
        """Ask, and again after as long as a 429 tells to wait, where that is at most `longest` seconds each time.

        Returns what came last: a 429 where it asks for more patience than there is, or does not say for how much.
        """
        exchange = await insistently(ask)
        while exchange.limited:
            seconds = asked_to_wait(exchange)
            now = time.monotonic()
            self._until = self._until or now + ALTOGETHER
            if seconds is None or seconds > min(longest, self._until - now):
                break
            await asyncio.sleep(max(1.0, seconds))
            exchange = await insistently(ask)
        return exchange
