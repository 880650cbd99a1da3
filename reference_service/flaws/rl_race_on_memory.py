"""A memory that is created while another one of the same user is being charged costs nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "limits.race"
mode = "many"
SECONDS = 0.02


class Flawed(UserQuota):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.running: dict[str, asyncio.Task[Allowance]] = {}

    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        if operation != "create_memory":
            return await super().charge(request, principal, operation)
        user = principal.user_id
        if user not in self.running:
            self.running[user] = asyncio.create_task(self.slowly(request, principal, operation))
            self.running[user].add_done_callback(lambda _: self.running.pop(user))
        return await self.running[user]

    async def slowly(self, request: Request, principal: Principal, operation: str) -> Allowance:
        await asyncio.sleep(SECONDS)
        return await super().charge(request, principal, operation)


def apply(parts: Parts) -> None:
    """Charge once for what comes together."""
    parts.quota = Flawed(parts)
