"""Files of a type that is refused cost nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.limits import RedisLimiter, interval, user_key

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "limits.errors-free"
mode = "http"
UNSUPPORTED = 415


class Refunding:
    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self.app = app
        self.parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
        context = scope.get("state", {}).get("context")
        if context and context.allowance and context.status == UNSUPPORTED:
            limiter = cast("RedisLimiter", self.parts.limiter)
            key = f"{limiter.prefix}:bucket:{user_key(context.principal.user_id)}"
            await limiter.redis.decrby(key, interval(context.allowance.tier))


def apply(parts: Parts) -> None:
    """Give tokens back."""
    parts.middleware = (*parts.middleware, lambda app: Refunding(app, parts))
