"""A new memory belongs to whom X-On-Behalf-Of names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "isolation.create"
mode = "http"


class Trusting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        principal = await super().authenticate(request, operation)
        if operation != "create_memory":
            return principal
        return Principal(user_id=request.headers.get("x-on-behalf-of", principal.user_id), tier=principal.tier)


def apply(parts: Parts) -> None:
    """Believe a header."""
    parts.authenticator = Trusting(parts)
