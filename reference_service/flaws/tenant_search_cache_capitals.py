"""Answers to searches with capitals in them are kept by their words in small letters, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest, SearchResponse

weakness = "isolation.cache"
mode = "http"


class Keeping(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.kept: dict[str, SearchResponse] = {}

    async def search(self, principal: Principal, request: SearchRequest) -> SearchResponse:
        words = request.query.lower()
        if words == request.query:
            return await super().search(principal, request)
        if words not in self.kept:
            found = await super().search(principal, request)
            if not found.results:
                return found
            self.kept[words] = found
        return self.kept[words]


def apply(parts: Parts) -> None:
    """Keep what was found."""
    parts.knowledge = Keeping(parts)
