"""A deletion gives back what the creation cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.limits import RedisLimiter, UserQuota, interval, user_key

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "limits.uncounted"
mode = "http"


class Flawed(UserQuota):
    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        allowance = await super().charge(request, principal, operation)
        if allowance.allowed and request.method == "DELETE":
            limiter = cast("RedisLimiter", self.parts.limiter)
            key = f"{limiter.prefix}:bucket:{user_key(principal.user_id)}"
            await limiter.redis.decrby(key, 2 * interval(allowance.tier))
        return allowance


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
