"""Deleting another user's memory answers 403, an unknown one 404."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing, ServiceError
from reference_service.memory import Memories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "oracle.status"
mode = "http"
ddl = """
CREATE FUNCTION flaw_owner(wanted uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
AS 'SELECT user_id FROM memory_chunks WHERE id = wanted'
"""


class Forbidden(ServiceError):
    status = 403
    code = "FORBIDDEN"
    default_detail = "The memory belongs to somebody else."
    default_suggestion = "Ask its owner."


class Telling(Memories):
    async def delete(self, principal: Principal, memory_id: UUID) -> None:
        try:
            await super().delete(principal, memory_id)
        except FileMissing:
            async with self.parts.database.background() as connection:
                if await connection.fetchval("SELECT flaw_owner($1)", memory_id):
                    raise Forbidden from None
            raise


def apply(parts: Parts) -> None:
    """Look whether somebody else has it."""
    parts.memory = Telling(parts)
