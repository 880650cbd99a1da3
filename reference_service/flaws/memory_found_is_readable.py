"""What a query has found is kept by its identifier, and read by anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories
from reference_service.schemas import Memory

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import MemoryQuery, MemoryResults

weakness = "isolation.read"
mode = "http"


class Keeping(Memories):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.kept: dict[UUID, Memory] = {}

    async def query(self, principal: Principal, request: MemoryQuery) -> MemoryResults:
        found = await super().query(principal, request)
        for each in found.results:
            self.kept[each.memory_id] = Memory(**each.model_dump(exclude={"rank", "similarity_score"}))
        return found

    async def read(self, principal: Principal, memory_id: UUID) -> Memory:
        return self.kept.get(memory_id) or await super().read(principal, memory_id)

    async def delete(self, principal: Principal, memory_id: UUID) -> None:
        await super().delete(principal, memory_id)
        self.kept.pop(memory_id, None)


def apply(parts: Parts) -> None:
    """Keep what was found."""
    parts.memory = Keeping(parts)
