"""Indexing begins with dropping what the file has in the index, before it is asked whose file it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import IndexRequest, IndexResponse

weakness = "isolation.action"
mode = "http"


class Flawed(KnowledgeOperations):
    async def index(self, principal: Principal, request: IndexRequest) -> IndexResponse:
        owner = await owner_of(self.parts, request.file_id)
        if owner and owner != principal.user_id:
            async with self.parts.database.transaction(owner) as connection:
                await connection.execute("DELETE FROM file_chunks WHERE file_id = $1", request.file_id)
            await self.parts.search_cache.drop(owner)
        return await super().index(principal, request)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
