"""A deleted file is only marked; indexing it again takes the mark away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.indexing import body_name
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import FileRow, Principal
    from reference_service.parts import Parts
    from reference_service.schemas import IndexRequest, IndexResponse

weakness = "integrity.delete"
mode = "http"


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.gone: dict[tuple[str, UUID], tuple[FileRow, bytes]] = {}

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        async with self.parts.database.transaction(principal.user_id) as connection:
            row = await self.parts.files.get(connection, file_id)
        body = await self.parts.storage.get(body_name(file_id)) if row else b""
        await super().delete(principal, file_id)
        if row:
            self.gone[principal.user_id, file_id] = row, body

    async def index(self, principal: Principal, request: IndexRequest) -> IndexResponse:
        try:
            return await super().index(principal, request)
        except FileMissing:
            if (principal.user_id, request.file_id) not in self.gone:
                raise
            row, body = self.gone.pop((principal.user_id, request.file_id))
            await self.parts.storage.put(body_name(request.file_id), body)
            async with self.parts.database.transaction(principal.user_id) as connection:
                await self.parts.files.insert(connection, row)
            return await super().index(principal, request)


def apply(parts: Parts) -> None:
    """Keep what is deleted."""
    parts.knowledge = Flawed(parts)
