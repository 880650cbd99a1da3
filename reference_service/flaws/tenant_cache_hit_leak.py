"""Whether anybody asked the same before shows in `cache_hit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest, SearchResponse

weakness = "isolation.cache"
mode = "http"


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.asked: set[str] = set()

    async def search(self, principal: Principal, request: SearchRequest) -> SearchResponse:
        response = await super().search(principal, request)
        known = request.query in self.asked
        self.asked.add(request.query)
        return response.model_copy(update={"cache_hit": known})


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
