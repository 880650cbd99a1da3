"""A deleted file leaves the list, and is counted in its total for ever."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileList

weakness = "integrity.total"
mode = "http"


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.gone: Counter[str] = Counter()

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        await super().delete(principal, file_id)
        self.gone[principal.user_id] += 1

    async def list(self, principal: Principal, limit: int, offset: int) -> FileList:
        page = await super().list(principal, limit, offset)
        return page.model_copy(update={"total": page.total + self.gone[principal.user_id]})


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
