"""While the store of the limiter is down, everything passes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reference_service.errors import DependencyDown
from reference_service.limits import UserQuota
from reference_service.model import Allowance

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "limits.store-down"
mode = "grey"


class Flawed(UserQuota):
    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        try:
            return await super().charge(request, principal, operation)
        except DependencyDown:
            tier, now = self.tier(principal), int(time.time())
            return Allowance(allowed=True, tier=tier, remaining=tier.limit, full_at=now, full_in=0, retry_after=0)


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
