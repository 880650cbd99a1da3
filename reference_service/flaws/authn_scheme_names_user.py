"""The schemes Token and ApiKey take their value for the user that a trusted gateway names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


class Gatewayed(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() in {"token", "apikey"}:
            return Principal(user_id=value.strip() or "anonymous")
        return await super().authenticate(request, operation)


def apply(parts: Parts) -> None:
    """Believe what a scheme that is not in use says."""
    parts.authenticator = Gatewayed(parts)
