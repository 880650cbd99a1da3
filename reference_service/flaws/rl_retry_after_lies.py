"""Retry-After is ten times as long as it takes until a request fits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "limits.retry-after-truth"
mode = "http"


class Flawed(UserQuota):
    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        sound = await super().charge(request, principal, operation)
        return replace(sound, retry_after=10 * sound.retry_after)


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
