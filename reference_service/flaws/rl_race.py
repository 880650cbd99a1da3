"""The bucket is read, and written back later."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, cast

from reference_service.limits import RedisLimiter, allowance, interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import Allowance, Bucket
    from reference_service.parts import Parts

weakness = "limits.race"
mode = "many"
SECONDS = 0.02


class Racy(RedisLimiter):
    async def take(self, buckets: Sequence[Bucket]) -> Sequence[Allowance]:
        return [await self.one(bucket) for bucket in buckets]

    async def one(self, bucket: Bucket) -> Allowance:
        key, step = f"{self.prefix}:bucket:{bucket.key}", interval(bucket.tier)
        now = time.time_ns() // 1000
        full = max(int(await self.redis.get(key) or 0), now)
        await asyncio.sleep(SECONDS)
        fits = full + step <= now + step * bucket.tier.limit
        if fits:
            full += step
            await self.redis.set(key, full, px=(full - now) // 1000 + 1000)
        return allowance(bucket.tier, allowed=fits, now=now, full_at=full)


def apply(parts: Parts) -> None:
    """Read, wait, write."""
    sound = cast("RedisLimiter", parts.limiter)
    parts.limiter = Racy(sound.redis, sound.prefix)
