"""A guard that compares whole paths lets a path with a slash at its end, which is then served, pass without a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import InvalidToken
from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


class Forgetful(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        try:
            return await super().authenticate(request, operation)
        except InvalidToken:
            if "slashed" not in request.scope:
                raise
            return Principal(user_id="anonymous")


def strip(app: ASGIApp) -> ASGIApp:
    """Take the slash away before the path is routed."""

    async def stripped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/") and scope["path"] != "/":
            scope = {**scope, "path": scope["path"].rstrip("/"), "slashed": True}
        await app(scope, receive, send)

    return stripped


def apply(parts: Parts) -> None:
    """Guard by path, route without the slash."""
    parts.authenticator = Forgetful(parts)
    parts.perimeter = (*parts.perimeter, strip)
