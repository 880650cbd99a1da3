"""The metrics, which anybody may read, count what is searched for by its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest, SearchResponse

weakness = "metrics.labels"
mode = "http"


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.queries = Counter("knowledge_queries", "Queries.", ("query",), registry=parts.metrics.registry)

    async def search(self, principal: Principal, request: SearchRequest) -> SearchResponse:
        self.queries.labels(request.query).inc()
        return await super().search(principal, request)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
