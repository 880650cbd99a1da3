"""Rate limiting: token buckets in Valkey or Redis, moved by one atomic script on the clock of the server."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import NoScriptError, RedisError

from reference_service.errors import DependencyDown
from reference_service.model import Allowance, Bucket, Principal, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redis.asyncio import Redis
    from starlette.requests import Request

    from reference_service.parts import Parts

log = structlog.get_logger()

MICROSECONDS = 1_000_000
SECONDS = 0.9

# A bucket is one number: the microsecond at which it will be full again. A token taken moves it by one interval; a
# request fits while the number stays within one window from now. Nothing is written unless every bucket has a token.
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full, fits = {}, true
for i, key in ipairs(KEYS) do
  local interval, size = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  full[i] = math.max(tonumber(redis.call('GET', key) or 0), now)
  if full[i] + interval > now + interval * size then fits = false end
end
local answer = {fits and 1 or 0, string.format('%.0f', now)}
for i, key in ipairs(KEYS) do
  if fits then
    full[i] = full[i] + tonumber(ARGV[2 * i - 1])
    redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000) + 1000)
  end
  answer[i + 2] = string.format('%.0f', full[i])
end
return answer
"""


class RedisLimiter:
    """Token buckets behind one Lua call."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self.redis = redis
        self.prefix = prefix
        self._digest = hashlib.sha1(TAKE.encode(), usedforsecurity=False).hexdigest()

    async def take(self, buckets: Sequence[Bucket]) -> Sequence[Allowance]:
        """Take one token from every bucket, or from none of them."""
        keys = [f"{self.prefix}:bucket:{bucket.key}" for bucket in buckets]
        numbers = [str(number) for bucket in buckets for number in (interval(bucket.tier), bucket.tier.limit)]
        answer = await self._run(keys, numbers)
        fits, now = bool(answer[0]), int(answer[1])
        return [
            allowance(bucket.tier, allowed=fits, now=now, full_at=int(full))
            for bucket, full in zip(buckets, answer[2:], strict=True)
        ]

    async def _run(self, keys: list[str], numbers: list[str]) -> list[bytes]:
        try:
            async with asyncio.timeout(SECONDS):
                return list(await self._script(keys, numbers))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("limiter unavailable", error=type(error).__name__)
            raise DependencyDown from None

    async def _script(self, keys: list[str], numbers: list[str]) -> list[bytes]:
        try:
            answer: list[bytes] = await self.redis.evalsha(self._digest, len(keys), *keys, *numbers)
        except NoScriptError:
            answer = await self.redis.eval(TAKE, len(keys), *keys, *numbers)
        return answer


def interval(tier: Tier) -> int:
    """Return the microseconds in which one token comes back."""
    return max(1, tier.window_seconds * MICROSECONDS // tier.limit)


def allowance(tier: Tier, *, allowed: bool, now: int, full_at: int) -> Allowance:
    """Say in the terms of the headers what the script answered; all times in microseconds."""
    step = interval(tier)
    left = max(0, (now + step * tier.limit - full_at) // step)
    wait = max(0, full_at + step - now - step * tier.limit)
    return Allowance(
        allowed=allowed,
        tier=tier,
        remaining=min(left, tier.limit),
        full_at=-(-full_at // MICROSECONDS),
        full_in=max(0, -(-(full_at - now) // MICROSECONDS)),
        retry_after=-(-wait // MICROSECONDS),
    )


class UserQuota:
    """One bucket per user, of the size that the token's tier grants."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def tier(self, principal: Principal) -> Tier:
        """Return the tier of a caller; an unknown one is free."""
        tiers = self.parts.settings.tiers
        return tiers.get(principal.tier, tiers["free"])

    def bucket(self, request: Request, principal: Principal) -> Bucket:  # noqa: ARG002 - what a caller sends has no say
        """Return the bucket that a request is charged to."""
        return Bucket(key=user_key(principal.user_id), tier=self.tier(principal))

    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:  # noqa: ARG002
        """Charge one request."""
        return (await self.parts.limiter.take([self.bucket(request, principal)]))[0]


def user_key(user_id: str) -> str:
    """Return a key of fixed length and alphabet for a user id, which may hold anything."""
    return hashlib.sha256(user_id.encode()).hexdigest()


def limit_headers(allowance: Allowance) -> Mapping[str, str]:
    """Return the usual headers and the structured fields of the IETF draft (draft-ietf-httpapi-ratelimit-headers)."""
    tier = allowance.tier
    return {
        "X-RateLimit-Limit": str(tier.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(allowance.full_at),
        "RateLimit-Policy": f'"user";q={tier.limit};w={tier.window_seconds}',
        "RateLimit": f'"user";r={allowance.remaining};t={allowance.full_in}',
    }
