"""The limiter counts, but lets everything pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "limits.absent"
mode = "http"


class Flawed(UserQuota):
    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        return replace(await super().charge(request, principal, operation), allowed=True)


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
