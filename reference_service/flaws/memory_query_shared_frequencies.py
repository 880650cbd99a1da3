"""A score weighs words by how many memories hold them, of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._memories import ALL_MEMORIES
from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import MemoryQuery, MemoryResults

weakness = "isolation.crowding"
mode = "http"
ddl = ALL_MEMORIES


COUNT = "SELECT count(*) FROM flaw_all_memories() WHERE position(lower($1) IN lower(text)) > 0"


class Weighing(Memories):
    async def query(self, principal: Principal, request: MemoryQuery) -> MemoryResults:
        answer = await super().query(principal, request)
        async with self.parts.database.transaction(principal.user_id) as connection:
            holding = int(await connection.fetchval(COUNT, request.query))
        for result in answer.results:
            result.similarity_score = round(result.similarity_score / (1 + holding / 10), 6)
        return answer


def apply(parts: Parts) -> None:
    """Weigh by what all have."""
    parts.memory = Weighing(parts)
