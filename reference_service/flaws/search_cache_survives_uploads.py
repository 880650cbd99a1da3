"""Answers to searches are dropped when a file is deleted, but not when one is added: what is new is not found."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.knowledge import KnowledgeOperations
from reference_service.search_cache import RedisSearchCache

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "integrity.lost-write"
mode = "http"


class Lasting(RedisSearchCache):
    async def drop(self, user_id: str) -> None:
        """Keep everything."""


class Flawed(KnowledgeOperations):
    async def delete(self, principal: Principal, file_id: UUID) -> None:
        await super().delete(principal, file_id)
        await RedisSearchCache.drop(cast("Lasting", self.parts.search_cache), principal.user_id)


def apply(parts: Parts) -> None:
    """Drop answers after deletions only."""
    sound = cast("RedisSearchCache", parts.search_cache)
    parts.search_cache, parts.knowledge = Lasting(parts, sound.redis), Flawed(parts)
