"""A token is accepted from the query string, where logs and histories keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "tokens.placement"
mode = "http"


class Lax(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        token = request.query_params.get("access_token")
        if token and "authorization" not in request.headers:
            return await self.parts.token_verifier.verify(token)
        return await super().authenticate(request, operation)


def apply(parts: Parts) -> None:
    """Look for tokens elsewhere."""
    parts.authenticator = Lax(parts)
