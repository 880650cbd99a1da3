"""Reading a memory takes the token from a query parameter too, for links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Lax
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from fastapi import Request

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "tokens.placement"
mode = "http"


class Links(Lax):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        if operation == "read_memory":
            return await super().authenticate(request, operation)
        return await BearerAuthenticator.authenticate(self, request, operation)


def apply(parts: Parts) -> None:
    """Take the token from elsewhere, in one place."""
    parts.authenticator = Links(parts, lambda request: request.query_params.get("token"))
