"""A request that repeats the X-Request-ID of one before is taken for a retry, which costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from fastapi import Request

    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "limits.uncounted"
mode = "http"


class Flawed(UserQuota):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.seen: dict[tuple[str, str], Allowance] = {}

    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        named = request.headers.get("x-request-id")
        if named and (principal.user_id, named) in self.seen:
            return self.seen[principal.user_id, named]
        allowance = await super().charge(request, principal, operation)
        if named and allowance.allowed:
            self.seen[principal.user_id, named] = allowance
        return allowance


def apply(parts: Parts) -> None:
    """Let retries pass."""
    parts.quota = Flawed(parts)
