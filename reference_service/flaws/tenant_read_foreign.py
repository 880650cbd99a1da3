"""Any user may read the description of any file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription

weakness = "isolation.read"
mode = "http"


class Flawed(KnowledgeOperations):
    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        owner = await owner_of(self.parts, file_id)
        return await super().read(Principal(user_id=owner or principal.user_id), file_id)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
