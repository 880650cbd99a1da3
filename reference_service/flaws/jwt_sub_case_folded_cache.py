"""Answers to searches are cached under the subject in small letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.search_cache import RedisSearchCache

if TYPE_CHECKING:
    from reference_service.model import Binding
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest

weakness = "tokens.subject"
mode = "http"


class Folding(RedisSearchCache):
    def _user(self, user_id: str) -> str:
        return super()._user(user_id.lower())

    def _binding(self, user_id: str, request: SearchRequest) -> Binding:
        return super()._binding(user_id.lower(), request)


def apply(parts: Parts) -> None:
    """Take two users for one, in the cache only."""
    sound = cast("RedisSearchCache", parts.search_cache)
    parts.search_cache = Folding(parts, sound.redis)
