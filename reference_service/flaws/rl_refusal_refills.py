"""A refused request empties the record of the bucket: the next one finds it full."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.limits import RedisLimiter, UserQuota, user_key

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "limits.absent"
mode = "http"


class Flawed(UserQuota):
    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        allowance = await super().charge(request, principal, operation)
        if not allowance.allowed:
            limiter = cast("RedisLimiter", self.parts.limiter)
            await limiter.redis.delete(f"{limiter.prefix}:bucket:{user_key(principal.user_id)}")
        return allowance


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
