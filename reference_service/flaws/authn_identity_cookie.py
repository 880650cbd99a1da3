"""A cookie `user_id` overrides the subject of the token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.identity-header"
mode = "http"


class Trusting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        principal = await super().authenticate(request, operation)
        return Principal(user_id=request.cookies.get("user_id", principal.user_id), tier=principal.tier)


def apply(parts: Parts) -> None:
    """Believe a cookie."""
    parts.authenticator = Trusting(parts)
