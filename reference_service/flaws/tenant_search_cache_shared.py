"""Answers to searches are kept by their query, whoever asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.search_cache import RedisSearchCache

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest, SearchResponse

weakness = "isolation.cache"
mode = "http"


class Shared(RedisSearchCache):
    async def get(self, user_id: str, request: SearchRequest) -> tuple[SearchResponse | None, str]:  # noqa: ARG002
        return await super().get("everybody", request)

    async def put(
        self,
        user_id: str,  # noqa: ARG002
        request: SearchRequest,
        response: SearchResponse,
        generation: str,
    ) -> None:
        await super().put("everybody", request, response, generation)

    async def drop(self, user_id: str) -> None:  # noqa: ARG002
        await super().drop("everybody")


def apply(parts: Parts) -> None:
    """Leave the user out of the key."""
    sound = cast("RedisSearchCache", parts.search_cache)
    parts.search_cache = Shared(parts, sound.redis)
