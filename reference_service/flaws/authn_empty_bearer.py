"""An empty bearer token stands for a user called anonymous."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


class Forgetful(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        if request.headers.get("authorization", "none").strip() == "Bearer":
            return Principal(user_id="anonymous")
        return await super().authenticate(request, operation)


def apply(parts: Parts) -> None:
    """Let an empty token in."""
    parts.authenticator = Forgetful(parts)
