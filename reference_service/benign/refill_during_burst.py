"""Lists take their time, so that a long burst is over only after a token or two have come back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

mode = "benign"
touches = ["limits"]
SECONDS = 0.2


class Slow:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/files") and scope["method"] == "GET":
            await asyncio.sleep(SECONDS)
        await self.app(scope, receive, send)


def apply(parts: Parts) -> None:
    """Put a delay in front of the routes."""
    parts.middleware = (*parts.middleware, Slow)
