"""What the flaws share whose answers of some statuses cost nothing: the token is given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.limits import RedisLimiter, interval, user_key

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts


class Refunding:
    """A middleware that gives a token back for every answer of one of the statuses."""

    def __init__(self, app: ASGIApp, parts: Parts, statuses: frozenset[int]) -> None:
        self.app = app
        self.parts = parts
        self.statuses = statuses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        await self.app(scope, receive, send)
        context = scope.get("state", {}).get("context")
        if context and context.allowance and context.status in self.statuses:
            limiter = cast("RedisLimiter", self.parts.limiter)
            key = f"{limiter.prefix}:bucket:{user_key(context.principal.user_id)}"
            await limiter.redis.decrby(key, interval(context.allowance.tier))


def refund(parts: Parts, *statuses: int) -> None:
    """Let answers of these statuses cost nothing."""
    parts.middleware = (*parts.middleware, lambda app: Refunding(app, parts, frozenset(statuses)))
