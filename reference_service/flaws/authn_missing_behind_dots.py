"""Whatever begins like a public path passes the guard, and the router goes where its dot segments lead."""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


def wrap(app: ASGIApp) -> ASGIApp:
    """Route by another path than the one that is guarded."""

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "/../" in scope["path"]:
            scope = {
                **scope,
                "open": scope["path"].startswith(("/health", "/ready", "/version")),
                "path": normpath(scope["path"]),
            }
        await app(scope, receive, send)

    return routed


def apply(parts: Parts) -> None:
    """Guard before the path is what it is."""
    parts.authenticator = Forgetful(parts, lambda request, _: bool(request.scope.get("open")))
    parts.perimeter = (*parts.perimeter, wrap)
