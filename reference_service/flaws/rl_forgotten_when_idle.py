"""The record of a bucket lives for five seconds after the last request; then the bucket is full."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.limits import RedisLimiter
    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "limits.refill"
mode = "many"
MILLISECONDS = 5000


class Flawed(UserQuota):
    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        allowance = await super().charge(request, principal, operation)
        limiter, bucket = cast("RedisLimiter", self.parts.limiter), self.bucket(request, principal)
        await limiter.redis.pexpire(f"{limiter.prefix}:bucket:{bucket.key}", MILLISECONDS)
        return allowance


def apply(parts: Parts) -> None:
    """Forget early."""
    parts.quota = Flawed(parts)
