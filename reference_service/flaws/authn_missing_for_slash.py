"""A guard that compares whole paths lets a path with a slash at its end, which is then served, pass without a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


def strip(app: ASGIApp) -> ASGIApp:
    """Take the slash away before the path is routed."""

    async def stripped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/") and scope["path"] != "/":
            scope = {**scope, "path": scope["path"].rstrip("/"), "slashed": True}
        await app(scope, receive, send)

    return stripped


def apply(parts: Parts) -> None:
    """Guard by path, route without the slash."""
    parts.authenticator = Forgetful(parts, lambda request, _: "slashed" in request.scope)
    parts.perimeter = (*parts.perimeter, strip)
