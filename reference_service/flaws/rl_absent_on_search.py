"""Search is not limited, whatever the bucket says."""

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
        allowance = await super().charge(request, principal, operation)
        return replace(allowance, allowed=allowance.allowed or operation == "search_files")


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
