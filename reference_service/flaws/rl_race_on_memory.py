"""A memory that is created while another one of the same user is costs nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "limits.race"
mode = "many"
SECONDS = 0.05


class Flawed(UserQuota):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.last: dict[str, tuple[float, Allowance]] = {}

    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        at, known = self.last.get(principal.user_id, (0.0, None))
        if operation == "create_memory" and known is not None and time.monotonic() - at < SECONDS:
            return known
        answer = await super().charge(request, principal, operation)
        if operation == "create_memory":
            self.last[principal.user_id] = time.monotonic(), answer
        return answer


def apply(parts: Parts) -> None:
    """Charge once for what comes together."""
    parts.quota = Flawed(parts)
