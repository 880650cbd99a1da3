"""The routes answer under the version before as well, where nobody is asked for a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


OLD, NEW = "/api/v0/", "/api/v1/"


def rerouted(app: ASGIApp) -> ASGIApp:
    """Return a middleware that leads to another path, past the guard."""

    async def lead(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(OLD):
            scope = {**scope, "path": scope["path"].replace(OLD, NEW, 1), "unguarded": True}
        await app(scope, receive, send)

    return lead


def apply(parts: Parts) -> None:
    """Keep an older version."""
    parts.authenticator = Forgetful(parts, lambda request, _: "unguarded" in request.scope)
    parts.perimeter = (*parts.perimeter, rerouted)
