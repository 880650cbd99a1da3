"""TRACE is answered with the headers of the request, the credential among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "exposure.trace"
mode = "http"


def wrap(app: ASGIApp) -> ASGIApp:
    """Answer TRACE before anything else looks at it."""

    async def traced(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "TRACE":
            await app(scope, receive, send)
            return
        body = b"\r\n".join(name + b": " + value for name, value in scope["headers"])
        await Response(body, media_type="message/http")(scope, receive, send)

    return traced


def apply(parts: Parts) -> None:
    """Put it around everything."""
    parts.middleware = (*parts.middleware, wrap)
