"""A file that its owner has just read is answered from memory to whoever asks for its id."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription

weakness = "isolation.cache"
mode = "http"
SECONDS = 5


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.kept: dict[UUID, tuple[float, FileDescription]] = {}

    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        until, description = self.kept.get(file_id, (0.0, None))
        if description is None or until < time.monotonic():
            description = await super().read(principal, file_id)
            self.kept[file_id] = time.monotonic() + SECONDS, description
        return description

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        await super().delete(principal, file_id)
        self.kept.pop(file_id, None)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
