"""Every hundred requests make each later one 0.2 ms slower."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "latency.drift"
mode = "many"


SECONDS = 0.0002 / 100


class Slow:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.seen: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.seen.append(scope["path"])
            await asyncio.sleep(len(self.seen) * SECONDS)
        await self.app(scope, receive, send)


def apply(parts: Parts) -> None:
    """Put a delay in front of the routes."""
    parts.middleware = (*parts.middleware, Slow)
