"""The origin `null` may read answers with credentials."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tests.targets.projects.parts import Parts

weakness = "cors.origin"
mode = "http"


class _Reflecting:
    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin") if scope["type"] == "http" else None

        async def with_origin(message: Message) -> None:
            if message["type"] == "http.response.start" and origin == "null":
                headers = MutableHeaders(scope=message)
                headers["Access-Control-Allow-Origin"] = origin
                headers["Access-Control-Allow-Credentials"] = "true"
            await send(message)

        await self._application(scope, receive, with_origin)


def apply(parts: Parts) -> Parts:
    """Trust what any sandboxed frame can claim to be."""
    return replace(parts, wrap=_Reflecting)
