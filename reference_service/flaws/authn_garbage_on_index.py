"""A token that cannot be decoded is as good as any when a file is indexed."""

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
            if operation != "index_file" or "authorization" not in request.headers:
                raise
            return Principal(user_id="anonymous")


def apply(parts: Parts) -> None:
    """Let everybody in on one route."""
    parts.authenticator = Forgetful(parts)
