"""Of two Authorization headers the first is verified, and the search reads from the last whose files are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._divided import Divided
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "tokens.signature"
mode = "http"


class DividedSearch(Divided):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        if operation == "search_files":
            return await super().authenticate(request, operation)
        return await BearerAuthenticator.authenticate(self, request, operation)


def apply(parts: Parts) -> None:
    """Verify one header and believe another, in the search."""
    parts.authenticator = DividedSearch(parts)
