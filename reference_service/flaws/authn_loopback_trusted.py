"""Whoever says in X-Forwarded-For that it calls from this machine needs no token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import InvalidToken
from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


class Forgetful(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        try:
            return await super().authenticate(request, operation)
        except InvalidToken:
            if request.headers.get("x-forwarded-for") not in {"127.0.0.1", "::1", "localhost"}:
                raise
            return Principal(user_id="internal")


def apply(parts: Parts) -> None:
    """Let this machine in."""
    parts.authenticator = Forgetful(parts)
