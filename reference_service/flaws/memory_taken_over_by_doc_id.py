"""A `doc_id` names one memory for all: whoever remembers under one that exists takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import Memory, MemoryCreate

weakness = "isolation.same-content"
mode = "http"


class Flawed(Memories):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.held: dict[str, tuple[str, UUID]] = {}

    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        created = await super().create(principal, request)
        if request.doc_id:
            owner, memory_id = self.held.get(request.doc_id, ("", created.memory_id))
            self.held[request.doc_id] = (principal.user_id, created.memory_id)
            if owner:
                async with self.parts.database.transaction(owner) as connection:
                    await self.parts.memories.delete(connection, memory_id)
        return created


def apply(parts: Parts) -> None:
    """Insert or update by a key that lacks the owner."""
    parts.memory = Flawed(parts)
