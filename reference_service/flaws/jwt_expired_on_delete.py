"""Expired tokens are still good for deleting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.errors import InvalidToken
from reference_service.tokens import BearerAuthenticator, SharedSecretVerifier

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "tokens.expiry"
mode = "http"


class Eternal(SharedSecretVerifier):
    def options(self) -> dict[str, Any]:
        return super().options() | {"verify_exp": False}


class Lax(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        try:
            return await super().authenticate(request, operation)
        except InvalidToken:
            if request.method != "DELETE":
                raise
            token = request.headers.get("authorization", "").partition(" ")[2]
            return await Eternal(self.parts.settings, reveal(self.parts.settings.jwt_secret)).verify(token)


def apply(parts: Parts) -> None:
    """Forget the clock."""
    parts.authenticator = Lax(parts)
