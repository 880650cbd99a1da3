"""DELETE of a file with the identifier of a memory deletes that memory, whoever owns it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "isolation.crossed-types"
mode = "http"
ddl = """
CREATE FUNCTION forget(which uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER AS
'WITH gone AS (DELETE FROM memory_chunks WHERE id = which RETURNING 1) SELECT EXISTS (SELECT 1 FROM gone)'
"""


class Flawed(KnowledgeOperations):
    async def delete(self, principal: Principal, file_id: UUID) -> None:
        try:
            await super().delete(principal, file_id)
        except FileMissing:
            async with self.parts.database.transaction(principal.user_id) as connection:
                if not await connection.fetchval("SELECT forget($1)", file_id):
                    raise


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
