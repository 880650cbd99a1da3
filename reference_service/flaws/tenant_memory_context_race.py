"""The caller of the memory API is kept in one place for all requests while the database is asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import MemoryList

weakness = "isolation.concurrency"
mode = "many"


class Flawed(Memories):
    caller: Principal

    async def list(self, principal: Principal, limit: int, offset: int) -> MemoryList:
        self.caller = principal
        await asyncio.sleep(0.002)
        return await super().list(self.caller, limit, offset)


def apply(parts: Parts) -> None:
    """Keep the caller in one place."""
    parts.memory = Flawed(parts)
