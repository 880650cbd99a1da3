"""Answers to searches, kept for a while per user, sealed, and forgotten when that user writes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

from redis.exceptions import RedisError

from reference_service.errors import DependencyDown, Mismatch
from reference_service.limits import user_key
from reference_service.model import Binding, Sealed
from reference_service.schemas import SearchResponse

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest

GENERATION_SECONDS = 3600


class RedisSearchCache:
    """Answers under a generation number that every write of the user moves on, so that no late answer survives one."""

    def __init__(self, parts: Parts, redis: Redis) -> None:
        self.parts = parts
        self.redis = redis

    def key(self, user_id: str, request: SearchRequest) -> str:
        """Return the name under which an answer to this user's request is kept."""
        digest = hashlib.sha256(request.model_dump_json().encode()).hexdigest()
        return f"{self._user(user_id)}:{digest}"

    def _user(self, user_id: str) -> str:
        return f"{self.parts.settings.redis_prefix}:search:{user_key(user_id)}"

    async def get(self, user_id: str, request: SearchRequest) -> tuple[SearchResponse | None, str]:
        """Return the kept answer, if any, and the generation under which a new one may be kept."""
        try:
            names = (f"{self._user(user_id)}:generation", self.key(user_id, request))
            generation, kept = cast("list[bytes | None]", await self.redis.mget(names))
        except (RedisError, OSError, TimeoutError):
            raise DependencyDown from None
        current = (generation or b"0").decode()
        return self._open(user_id, request, kept, current) if kept else None, current

    def _open(self, user_id: str, request: SearchRequest, kept: bytes, current: str) -> SearchResponse | None:
        generation, key_id, data = kept.split(b"\n", 2)
        if generation.decode() != current:
            return None
        binding = self._binding(user_id, request)
        try:
            text = self.parts.cipher.open(Sealed(key_id=key_id.decode(), data=data), binding)
        except Mismatch:
            return None
        return SearchResponse.model_validate_json(text)

    async def put(self, user_id: str, request: SearchRequest, response: SearchResponse, generation: str) -> None:
        """Keep an answer."""
        seconds = self.parts.settings.search_cache_seconds
        if not seconds:
            return
        sealed = self.parts.cipher.seal(response.model_dump_json().encode(), self._binding(user_id, request))
        value = b"\n".join([generation.encode(), sealed.key_id.encode(), sealed.data])
        try:
            await self.redis.set(self.key(user_id, request), value, ex=seconds)
        except (RedisError, OSError, TimeoutError):
            raise DependencyDown from None

    def _binding(self, user_id: str, request: SearchRequest) -> Binding:
        return Binding(user_id=user_id, object_id=self.key(user_id, request), column="search")

    async def drop(self, user_id: str) -> None:
        """Forget all answers of a user: move the generation on, which outlives every answer kept under the last one."""
        key = f"{self._user(user_id)}:generation"
        seconds = GENERATION_SECONDS + self.parts.settings.search_cache_seconds
        try:
            async with self.redis.pipeline(transaction=False) as pipeline:
                pipeline.incr(key)
                pipeline.expire(key, seconds)
                await pipeline.execute()
        except (RedisError, OSError, TimeoutError):
            raise DependencyDown from None
