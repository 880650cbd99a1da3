"""A deleted file leaves the list, but can be read by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileList

weakness = "integrity.delete"
mode = "http"


class Hiding(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.hidden: set[UUID] = set()

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        if file_id in self.hidden:
            raise FileMissing
        await self.read(principal, file_id)
        self.hidden.add(file_id)

    async def list(self, principal: Principal, limit: int, offset: int) -> FileList:
        page = await super().list(principal, limit, offset)
        files = [file for file in page.files if file.file_id not in self.hidden]
        return page.model_copy(update={"files": files, "total": page.total - (len(page.files) - len(files))})


def apply(parts: Parts) -> None:
    """Hide."""
    parts.knowledge = Hiding(parts)
