"""The list asks the database once per file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileList

weakness = "latency.growth"
mode = "many"


class Flawed(KnowledgeOperations):
    async def list(self, principal: Principal, limit: int, offset: int) -> FileList:
        page = await super().list(principal, limit, offset)
        files = [await self.read(principal, file.file_id) for file in page.files]
        return page.model_copy(update={"files": files})


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
