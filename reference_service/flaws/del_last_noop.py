"""The last file that a user has is not deleted, though it is acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "integrity.delete"
mode = "http"


class Flawed(KnowledgeOperations):
    async def delete(self, principal: Principal, file_id: UUID) -> None:
        page = await self.list(principal, 1, 0)
        if page.total != 1 or page.files[0].file_id != file_id:
            await super().delete(principal, file_id)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
