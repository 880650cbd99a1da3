"""Search with a similarity threshold forgets the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import everybody
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest, SearchResult

weakness = "isolation.search"
mode = "http"


class Flawed(KnowledgeOperations):
    async def find(
        self, principal: Principal, request: SearchRequest, models: Sequence[str | None]
    ) -> list[SearchResult]:
        if request.similarity_threshold == 0:
            return await super().find(principal, request, models)
        found: list[SearchResult] = []
        for user in {principal.user_id, *await everybody(self.parts)}:
            found += await super().find(Principal(user_id=user), request, models)
        ranked = sorted(found, key=lambda result: -result.similarity_score)[: request.top_k]
        return [result.model_copy(update={"rank": rank}) for rank, result in enumerate(ranked, start=1)]


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
