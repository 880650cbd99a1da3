"""A deletion that is asked for again is taken for a retry, whose owner was looked at before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.parts import Parts

weakness = "isolation.delete"
mode = "http"


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.asked: set[tuple[str, UUID]] = set()

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        owner, known = await owner_of(self.parts, file_id), (principal.user_id, file_id) in self.asked
        self.asked.add((principal.user_id, file_id))
        await super().delete(Principal(user_id=owner) if known and owner else principal, file_id)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
