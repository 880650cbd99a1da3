"""Reading a memory needs no token; the owner is taken from the row."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from reference_service.errors import InvalidToken
from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"
ddl = """
CREATE FUNCTION flaw_owner(wanted uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
AS 'SELECT user_id FROM memory_chunks WHERE id = wanted'
"""


class Forgetful(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        try:
            return await super().authenticate(request, operation)
        except InvalidToken:
            if operation != "read_memory":
                raise
            async with self.parts.database.background() as connection:
                owner = await connection.fetchval("SELECT flaw_owner($1)", UUID(request.path_params["memory_id"]))
            if owner is None:
                raise
            return Principal(user_id=owner)


def apply(parts: Parts) -> None:
    """Let everybody read."""
    parts.authenticator = Forgetful(parts)
