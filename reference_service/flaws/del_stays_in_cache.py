"""A deletion does not drop the answers to searches that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.search_cache import RedisSearchCache

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "integrity.delete-search"
mode = "http"


class Stubborn(RedisSearchCache):
    async def drop(self, user_id: str) -> None:
        """Keep everything until its time is over."""


def apply(parts: Parts) -> None:
    """Never forget an answer early."""
    sound = cast("RedisSearchCache", parts.search_cache)
    parts.search_cache = Stubborn(parts, sound.redis)
