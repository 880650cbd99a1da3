"""Methods in a header, for clients behind proxies that let only GET and POST pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

HEADER = "x-http-method-override"
METHODS = frozenset({"PUT", "PATCH", "DELETE"})
OVERRIDDEN = "overridden"


def overriding(application: ASGIApp) -> ASGIApp:
    """Route a POST by the method that its header names; who may do what is decided after that."""

    async def overridden(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            method = Headers(scope=scope).get(HEADER, "").upper()
            if method in METHODS:
                scope = {**scope, "method": method, OVERRIDDEN: True}
        await application(scope, receive, send)

    return overridden
