"""A deletion does not drop the answers to searches that are kept."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, cast

from reference_service.knowledge import KnowledgeOperations
from reference_service.search_cache import RedisSearchCache

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "integrity.delete-search"
mode = "http"


class Stubborn(RedisSearchCache):
    async def drop(self, user_id: str) -> None:
        """Keep everything until its time is over."""


class Flawed(KnowledgeOperations):
    async def delete(self, principal: Principal, file_id: UUID) -> None:
        """Delete beside a cache that keeps everything; indexing still drops what is old."""
        forgetful = copy.copy(self.parts)
        forgetful.search_cache = Stubborn(self.parts, cast("RedisSearchCache", self.parts.search_cache).redis)
        await KnowledgeOperations(forgetful).delete(principal, file_id)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
