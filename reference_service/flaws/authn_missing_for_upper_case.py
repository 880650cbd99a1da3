"""The guard compares paths as they are written, the router does not look at their letter case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


def fold(app: ASGIApp) -> ASGIApp:
    """Route by the path in lower case."""

    async def folded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != scope["path"].lower():
            scope = {**scope, "path": scope["path"].lower(), "shouted": True}
        await app(scope, receive, send)

    return folded


def apply(parts: Parts) -> None:
    """Guard by path, route by its lower case."""
    parts.authenticator = Forgetful(parts, lambda request, _: "shouted" in request.scope)
    parts.perimeter = (*parts.perimeter, fold)
