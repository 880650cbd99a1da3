"""A request with If-None-Match is believed to be answered 304, and costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "limits.uncounted"
mode = "http"


class Flawed(UserQuota):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.last: dict[str, Allowance] = {}

    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        if "if-none-match" in request.headers and principal.user_id in self.last:
            return self.last[principal.user_id]
        allowance = await super().charge(request, principal, operation)
        if allowance.allowed:
            self.last[principal.user_id] = allowance
        return allowance


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
