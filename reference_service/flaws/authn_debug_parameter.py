"""The query parameter `debug` lets requests without a token pass."""

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
            if "debug" not in request.query_params:
                raise
            return Principal(user_id="developer")


def apply(parts: Parts) -> None:
    """Let developers in."""
    parts.authenticator = Forgetful(parts)
