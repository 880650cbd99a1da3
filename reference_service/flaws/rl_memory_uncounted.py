"""The older memory API is not counted."""

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
        if "/memory" not in request.url.path or principal.user_id not in self.last:
            self.last[principal.user_id] = await super().charge(request, principal, operation)
        return self.last[principal.user_id]


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
