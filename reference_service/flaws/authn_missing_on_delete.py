"""Deleting a file needs no token; the owner is taken from the row."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from reference_service.errors import InvalidToken
from reference_service.flaws._shared import owner_of
from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


class Forgetful(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        try:
            return await super().authenticate(request, operation)
        except InvalidToken:
            owner = await self.owner(request) if operation == "delete_file" else None
            if owner is None:
                raise
            return Principal(user_id=owner)

    async def owner(self, request: Request) -> str | None:
        try:
            return await owner_of(self.parts, UUID(request.path_params["file_id"]))
        except ValueError:
            return None


def apply(parts: Parts) -> None:
    """Let everybody delete."""
    parts.authenticator = Forgetful(parts)
