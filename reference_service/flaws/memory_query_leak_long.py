"""A query of many characters is answered by the words in it, past the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._memories import ALL_MEMORIES, Everybodys
from reference_service.memory import Memories
from reference_service.schemas import MemoryResult, MemoryResults

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import MemoryQuery

weakness = "isolation.search"
mode = "http"
ddl = ALL_MEMORIES
LONG = 100


class Leaky(Memories):
    async def query(self, principal: Principal, request: MemoryQuery) -> MemoryResults:
        if len(request.query) < LONG:
            return await super().query(principal, request)
        words = set(request.query.split())
        async with self.parts.database.transaction(principal.user_id) as connection:
            rows = await Everybodys().page(connection, request.top_k, 0)
        found = [memory for row in rows if words & set(row.text.split("-")) and (memory := self.describe(row))]
        results = [
            MemoryResult(**dict(memory), rank=rank, similarity_score=1.0) for rank, memory in enumerate(found, start=1)
        ]
        return MemoryResults(query=request.query, results=results, total_results=len(results))


def apply(parts: Parts) -> None:
    """Answer long queries otherwise."""
    parts.memory = Leaky(parts)
