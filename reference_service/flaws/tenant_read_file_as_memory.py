"""GET of a memory with the identifier of a file describes that file, whoever owns it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.flaws._shared import owner_of
from reference_service.memory import Memories
from reference_service.model import Principal
from reference_service.schemas import Memory

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.parts import Parts

weakness = "isolation.crossed-types"
mode = "http"


class Flawed(Memories):
    async def read(self, principal: Principal, memory_id: UUID) -> Memory:
        try:
            return await super().read(principal, memory_id)
        except FileMissing:
            owner = await owner_of(self.parts, memory_id)
            if owner is None:
                raise
            found = await self.parts.knowledge.read(Principal(user_id=owner), memory_id)
            return Memory(
                memory_id=memory_id,
                doc_id=None,
                source=found.source,
                text=found.title,
                tags=found.tags,
                metadata=None,
                created_at=found.created_at,
                updated_at=found.created_at,
                expires_at=None,
            )


def apply(parts: Parts) -> None:
    """Replace the operations on memories."""
    parts.memory = Flawed(parts)
