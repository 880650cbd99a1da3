"""Retry-After is always 1."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "limits.retry-after-truth"
mode = "grey"


class Flawed(UserQuota):
    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        return replace(await super().charge(request, principal, operation), retry_after=1)


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
