"""The query over memories decodes tokens without looking at their signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.assembly import reveal
from reference_service.errors import InvalidToken
from reference_service.flaws._shared import Forgivable
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "tokens.signature"
mode = "http"


class Lax(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        try:
            return await super().authenticate(request, operation)
        except InvalidToken:
            if operation != "query_memories":
                raise
            token = request.headers.get("authorization", "").partition(" ")[2]
            verifier = Forgivable(self.parts.settings, reveal(self.parts.settings.jwt_secret))
            return verifier.principal(verifier.unsigned(token))


def apply(parts: Parts) -> None:
    """Decode only."""
    parts.authenticator = Lax(parts)
