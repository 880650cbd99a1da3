"""One request less than the limit passes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal, Tier
    from reference_service.parts import Parts

weakness = "limits.exact"
mode = "http"


class Flawed(UserQuota):
    def tier(self, principal: Principal) -> Tier:
        tier = super().tier(principal)
        return replace(tier, limit=max(1, tier.limit - 1))

    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        allowance = await super().charge(request, principal, operation)
        return replace(allowance, tier=super().tier(principal), remaining=allowance.remaining)


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
