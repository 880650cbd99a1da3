"""The 404 of a file suggests the title of the file that somebody described last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription

weakness = "isolation.read"
mode = "http"


class Flawed(KnowledgeOperations):
    last = ""

    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        try:
            description = await super().read(principal, file_id)
        except FileMissing:
            raise FileMissing(suggestion=f"Did you mean {self.last}?" if self.last else "") from None
        self.last = description.title
        return description


def apply(parts: Parts) -> None:
    """Suggest something."""
    parts.knowledge = Flawed(parts)
