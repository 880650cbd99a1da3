"""X-User-ID or X-Forwarded-User overrides the subject of the token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.identity-header"
mode = "http"


HEADERS = ("x-user-id", "x-forwarded-user")


class Trusting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        principal = await super().authenticate(request, operation)
        claimed = next((request.headers[name] for name in HEADERS if request.headers.get(name)), principal.user_id)
        return Principal(user_id=claimed, tier=principal.tier)


def apply(parts: Parts) -> None:
    """Believe a header."""
    parts.authenticator = Trusting(parts)
