"""A deleted file can still be read for a minute by its id, if it was read before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription

weakness = "integrity.delete"
mode = "http"


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.kept: dict[tuple[str, UUID], FileDescription] = {}

    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        key = principal.user_id, file_id
        if key not in self.kept:
            description = await super().read(principal, file_id)
            if description.status == "queued":
                return description
            self.kept[key] = description
        return self.kept[key]


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
