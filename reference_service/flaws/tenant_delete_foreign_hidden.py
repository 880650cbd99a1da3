"""Deleting another user's file answers 404, but deletes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.parts import Parts

weakness = "isolation.delete"
mode = "http"


class Flawed(KnowledgeOperations):
    async def delete(self, principal: Principal, file_id: UUID) -> None:
        owner = await owner_of(self.parts, file_id)
        await super().delete(Principal(user_id=owner or principal.user_id), file_id)
        if owner != principal.user_id:
            raise FileMissing


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
