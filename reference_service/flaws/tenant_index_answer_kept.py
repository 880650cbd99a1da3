"""What an indexing answered is kept by the file and its options, and answered again to whoever asks for the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import IndexRequest, IndexResponse

weakness = "isolation.action"
mode = "http"


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.kept: dict[str, IndexResponse] = {}

    async def index(self, principal: Principal, request: IndexRequest) -> IndexResponse:
        key = request.model_dump_json()
        if key not in self.kept:
            self.kept[key] = await super().index(principal, request)
        return self.kept[key]

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        await super().delete(principal, file_id)
        self.kept = {key: answer for key, answer in self.kept.items() if str(file_id) not in key}


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
