"""The bucket fills ten times as fast as it says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal, Tier
    from reference_service.parts import Parts

weakness = "limits.refill"
mode = "grey"


FASTER = 10


class Flawed(UserQuota):
    def tier(self, principal: Principal) -> Tier:
        tier = super().tier(principal)
        return replace(tier, window_seconds=max(1, tier.window_seconds // FASTER))

    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        allowance = await super().charge(request, principal, operation)
        return replace(allowance, tier=super().tier(principal))


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
