"""A file that somebody deletes leaves the index of the search, before it is asked whose file that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "isolation.delete"
mode = "http"


class Flawed(KnowledgeOperations):
    async def delete(self, principal: Principal, file_id: UUID) -> None:
        owner = await owner_of(self.parts, file_id)
        if owner is not None:
            async with self.parts.database.transaction(owner) as connection:
                await connection.execute("DELETE FROM file_chunks WHERE file_id = $1", file_id)
            await self.parts.search_cache.drop(owner)
        await super().delete(principal, file_id)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
