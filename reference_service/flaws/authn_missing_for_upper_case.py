"""The guard compares paths as they are written, the router does not look at their letter case."""

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
            if "shouted" not in request.scope:
                raise
            return Principal(user_id="anonymous")


def fold(app: ASGIApp) -> ASGIApp:
    """Route by the path in lower case."""

    async def folded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != scope["path"].lower():
            scope = {**scope, "path": scope["path"].lower(), "shouted": True}
        await app(scope, receive, send)

    return folded


def apply(parts: Parts) -> None:
    """Guard by path, route by its lower case."""
    parts.authenticator = Forgetful(parts)
    parts.perimeter = (*parts.perimeter, fold)
