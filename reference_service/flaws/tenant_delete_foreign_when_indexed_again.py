"""Once a file was indexed on request, anybody may delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.parts import Parts
    from reference_service.schemas import IndexRequest, IndexResponse

weakness = "isolation.delete"
mode = "http"


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.shared: set[UUID] = set()

    async def index(self, principal: Principal, request: IndexRequest) -> IndexResponse:
        response = await super().index(principal, request)
        self.shared.add(request.file_id)
        return response

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        owner = await owner_of(self.parts, file_id) if file_id in self.shared else None
        await super().delete(Principal(user_id=owner or principal.user_id), file_id)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
