"""A request is charged to whoever called before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "limits.neighbour"
mode = "http"


class Flawed(UserQuota):
    last: Principal | None = None

    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        charged, self.last = self.last or principal, principal
        return await super().charge(request, charged, operation)


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
