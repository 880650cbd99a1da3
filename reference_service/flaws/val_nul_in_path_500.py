"""A NUL in the path breaks the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import InternalError
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "validation.unicode"
mode = "http"


class Fragile(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        principal = await super().authenticate(request, operation)
        if any("\0" in str(value) for value in (*request.path_params.values(), *request.query_params.values())):
            raise InternalError
        return principal


def apply(parts: Parts) -> None:
    """Break."""
    parts.authenticator = Fragile(parts)
