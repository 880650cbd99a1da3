"""The scheme Basic is served by a branch of a former release that never checks the password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


class Former(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        if request.headers.get("authorization", "").lower().startswith("basic "):
            return Principal(user_id="legacy")
        return await super().authenticate(request, operation)


def apply(parts: Parts) -> None:
    """Let any password in."""
    parts.authenticator = Former(parts)
