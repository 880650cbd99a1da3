"""Search: by meaning, filtered, opened, ranked, and kept for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reference_service.embedding import WORD
from reference_service.errors import Mismatch
from reference_service.model import Binding, Hit, Principal, SearchFilters
from reference_service.schemas import (
    Filters,
    SearchRequest,
    SearchResponse,
    SearchResult,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


from reference_service.sealed_files import SealedFiles

RERANK_WEIGHT = 0.3


class Searching(SealedFiles):
    """Finds the chunks nearest to a query."""

    async def search(self, principal: Principal, request: SearchRequest) -> SearchResponse:
        """Find the chunks nearest to a query, from the cache when the same was asked a moment ago."""
        started = time.perf_counter()
        parts = self.parts
        parts.metrics.searches.inc()
        kept, generation = await parts.search_cache.get(principal.user_id, request)
        if kept is not None:
            parts.metrics.search_cache_hits.inc()
            return kept.model_copy(update={"cache_hit": True, "latency_ms": _milliseconds(started)})
        models = self.models(request)
        results = await self.find(principal, request, models)
        response = SearchResponse(
            query=request.query,
            results=results,
            total_results=len(results),
            latency_ms=_milliseconds(started),
            embedding_model_used="+".join(model or "provided" for model in models),
            cache_hit=False,
        )
        await parts.search_cache.put(principal.user_id, request, response, generation)
        return response

    def models(self, request: SearchRequest) -> list[str | None]:
        """Return in which vector spaces to search; None is that of the embedding the caller provides."""
        if request.query_embedding:
            return [None]
        return ["local", "remote"] if self.parts.settings.embedding_url else ["local"]

    async def find(
        self, principal: Principal, request: SearchRequest, models: Sequence[str | None]
    ) -> list[SearchResult]:
        """Return the results of a search, ranked."""
        parts = self.parts
        hits: list[Hit] = []
        vectors = [await self.vector(request, model) for model in models]
        async with parts.database.transaction(principal.user_id) as connection:
            for model, vector in zip(models, vectors, strict=True):
                filters = self.filters(principal.user_id, request.filters, model)
                hits += await parts.chunks.search(connection, request.query, vector, filters, request.top_k)
        found = [result for hit in hits if (result := self.result(hit, request)) is not None]
        near = [result for result in found if result.similarity_score >= request.similarity_threshold]
        ranked = sorted(near, key=lambda result: -result.similarity_score)[: request.top_k]
        for rank, result in enumerate(ranked, start=1):
            result.rank = rank
        return ranked

    async def vector(self, request: SearchRequest, model: str | None) -> Sequence[float]:
        """Return the query as a vector of a model."""
        if model is None:
            return request.query_embedding or ()
        return (await self.parts.embedders[model].embed([request.query]))[0]

    def filters(self, user_id: str, filters: Filters | None, model: str | None) -> SearchFilters:
        """Return the filters in the terms of the table, where tags are only known by their digests."""
        if filters is None:
            return SearchFilters(embedding_model=model)
        tags = filters.tags
        return SearchFilters(
            embedding_model=model,
            tag_digests=[self.parts.cipher.digest(user_id, tag) for tag in tags] if tags else None,
            sources=[filters.source] if filters.source else None,
            created_after=filters.created_after,
            created_before=filters.created_before,
        )

    def result(self, hit: Hit, request: SearchRequest) -> SearchResult | None:
        """Describe a hit; None when it is not authentic."""
        binding = Binding(user_id=hit.user_id, object_id=str(hit.file_id), column=f"text:{hit.chunk_index}")
        try:
            text = self.parts.cipher.open(hit.text, binding).decode()
            title = self.open(hit.title, hit.file_key_id, hit.user_id, hit.file_id, "title")
            metadata = self.open(hit.metadata, hit.file_key_id, hit.user_id, hit.file_id, "metadata")
        except Mismatch:
            return None
        return SearchResult(
            rank=0,
            chunk_id=hit.chunk_id,
            file_id=hit.file_id,
            file_title=title,
            text=text,
            similarity_score=score(hit, request.query, text),
            chunk_index=hit.chunk_index,
            metadata=metadata if request.include_metadata else None,
            position_in_file=hit.position,
        )


def similarity(distance: float) -> float:
    """Return the cosine between 0 and 1 that a cosine distance stands for."""
    return round(min(1.0, max(0.0, 1.0 - distance)), 6)


def score(hit: Hit, query: str, text: str) -> float:
    """Return how near a hit is; of a file indexed with `rerank`, the words it shares with the query count too."""
    near = similarity(hit.distance)
    words = set(WORD.findall(query.lower()))
    if not hit.rerank or not words:
        return near
    shared = len(words & set(WORD.findall(text.lower()))) / len(words)
    return round((1 - RERANK_WEIGHT) * near + RERANK_WEIGHT * shared, 6)


def _milliseconds(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
