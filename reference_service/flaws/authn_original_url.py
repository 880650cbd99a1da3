"""The guard looks at the path of the request, the router at what X-Original-URL says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


PUBLIC = frozenset({"/", "/health", "/ready", "/version"})


def rerouted(app: ASGIApp) -> ASGIApp:
    """Return a middleware that leads to another path, past the guard."""

    async def lead(scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"]).get(b"x-original-url") if scope["type"] == "http" else None
        if given and scope["path"] in PUBLIC:
            path = given.decode("latin-1").partition("?")[0]
            scope = {**scope, "path": path, "raw_path": given, "unguarded": True}
        await app(scope, receive, send)

    return lead


def apply(parts: Parts) -> None:
    """Route by a header what the guard has let through."""
    parts.authenticator = Forgetful(parts, lambda request, _: "unguarded" in request.scope)
    parts.perimeter = (*parts.perimeter, rerouted)
