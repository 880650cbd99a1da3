"""A wrong body of an index request is answered 404 for a file that nobody has: looked up before it is validated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from reference_service.flaws._shared import owner_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "oracle.status"
mode = "http"
INVALID, MISSING = 422, 404


class LookingFirst:
    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self.app = app
        self.parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/knowledge/index"):
            await self.app(scope, receive, send)
            return
        body = bytearray()

        async def reading() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def answering(message: Message) -> None:
            if message.get("status") == INVALID and await self._nobody_has(bytes(body)):
                message["status"] = MISSING
            await send(message)

        await self.app(scope, reading, answering)

    async def _nobody_has(self, body: bytes) -> bool:
        try:
            return await owner_of(self.parts, UUID(json.loads(body)["file_id"])) is None
        except (ValueError, KeyError, TypeError):
            return False


def apply(parts: Parts) -> None:
    """Look first."""
    parts.middleware = (*parts.middleware, lambda app: LookingFirst(app, parts))
