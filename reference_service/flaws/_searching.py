"""What several flaws need: a search that forgets its owner, for some requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import everybody
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest, SearchResult


class Unowned(KnowledgeOperations):
    """Finds what anybody has, for the requests that `forgets` says."""

    def __init__(self, parts: Parts, forgets: Callable[[SearchRequest], bool]) -> None:
        super().__init__(parts)
        self.forgets = forgets

    async def find(
        self, principal: Principal, request: SearchRequest, models: Sequence[str | None]
    ) -> list[SearchResult]:
        """Search for the caller, or for everybody and rank anew."""
        if not self.forgets(request):
            return await super().find(principal, request, models)
        found: list[SearchResult] = []
        for user in {principal.user_id, *await everybody(self.parts)}:
            found += await super().find(Principal(user_id=user), request, models)
        ranked = sorted(found, key=lambda result: -result.similarity_score)[: request.top_k]
        return [result.model_copy(update={"rank": rank}) for rank, result in enumerate(ranked, start=1)]
