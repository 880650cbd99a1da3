"""Any user may delete any memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.memory import Memories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "isolation.delete"
mode = "http"
ddl = """
CREATE FUNCTION flaw_delete_memory(wanted uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER
AS 'WITH gone AS (DELETE FROM memory_chunks WHERE id = wanted RETURNING 1) SELECT EXISTS (SELECT 1 FROM gone)'
"""


class Careless(Memories):
    async def delete(self, principal: Principal, memory_id: UUID) -> None:
        async with self.parts.database.transaction(principal.user_id) as connection:
            if not await connection.fetchval("SELECT flaw_delete_memory($1)", memory_id):
                raise FileMissing


def apply(parts: Parts) -> None:
    """Delete past the policy."""
    parts.memory = Careless(parts)
