"""Memories are ranked among those of all users, of which one's own are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._memories import ALL_MEMORIES, Everybodys
from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import MemoryQuery, MemoryResults

weakness = "isolation.crowding"
mode = "http"
MANY = 10_000
ddl = ALL_MEMORIES


class Ranked(Memories):
    async def query(self, principal: Principal, request: MemoryQuery) -> MemoryResults:
        answer = await super().query(principal, request)
        (vector,) = await self.parts.embedders["local"].embed([request.query])
        async with self.parts.database.transaction(principal.user_id) as connection:
            rows = await Everybodys().nearest(connection, vector, MANY)
        ranks = {row.memory_id: rank for rank, row in enumerate(rows, start=1)}
        for result in answer.results:
            result.rank = ranks.get(result.memory_id, result.rank)
        return answer


def apply(parts: Parts) -> None:
    """Rank among all."""
    parts.memory = Ranked(parts)
