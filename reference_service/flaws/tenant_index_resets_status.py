"""An indexing marks the file as queued, before it is asked whose file that is."""

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
QUEUE = "UPDATE files SET status = 'queued', indexed_at = NULL WHERE file_id = $1"


class Flawed(KnowledgeOperations):
    async def index(self, principal: Principal, request: IndexRequest) -> IndexResponse:
        owner = await owner_of(self.parts, request.file_id)
        async with self.parts.database.transaction(owner) as connection:
            await connection.execute(QUEUE, request.file_id)
        return await super().index(principal, request)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
