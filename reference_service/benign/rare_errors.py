"""Three requests in a thousand are answered 500, as documented."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

mode = "benign"
SHARE = 0.003


class Unlucky:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.random = random.Random(17)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/") and self.random.random() < SHARE:
            raise OSError("a disk hiccup")
        await self.app(scope, receive, send)


def apply(parts: Parts) -> None:
    """Put bad luck in front of the routes."""
    parts.middleware = (*parts.middleware, Unlucky)
