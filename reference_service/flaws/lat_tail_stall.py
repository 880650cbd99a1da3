"""Two requests in a hundred take two seconds longer."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "latency.tail"
mode = "many"


SHARE = 0.02
SECONDS = 2.0


class Slow:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.random = random.Random(20)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/") and self.random.random() < SHARE:
            await asyncio.sleep(SECONDS)
        await self.app(scope, receive, send)


def apply(parts: Parts) -> None:
    """Put a delay in front of the routes."""
    parts.middleware = (*parts.middleware, Slow)
