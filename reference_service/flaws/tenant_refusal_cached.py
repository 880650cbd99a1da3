"""That there is no such file is kept for some seconds by its id: who asks for another's hides it from its owner."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
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
        self.missing: dict[UUID, float] = {}

    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        if time.monotonic() < self.missing.get(file_id, 0):
            raise FileMissing
        try:
            return await super().read(principal, file_id)
        except FileMissing:
            self.missing[file_id] = time.monotonic() + SECONDS
            raise


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
