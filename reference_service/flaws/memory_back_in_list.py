"""A deleted memory leaves the list, and comes back a moment later."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import Memory, MemoryList

weakness = "integrity.delete"
mode = "http"
SECONDS = 0.5


class Flawed(Memories):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.gone: dict[str, list[tuple[float, Memory]]] = {}

    async def delete(self, principal: Principal, memory_id: UUID) -> None:
        memory = await self.read(principal, memory_id)
        await super().delete(principal, memory_id)
        self.gone.setdefault(principal.user_id, []).append((time.monotonic(), memory))

    async def list(self, principal: Principal, limit: int, offset: int) -> MemoryList:
        page = await super().list(principal, limit, offset)
        known = self.gone.get(principal.user_id, [])
        back = [memory for at, memory in known if time.monotonic() - at > SECONDS and not offset]
        return page.model_copy(update={"memories": [*back, *page.memories][:limit]})


def apply(parts: Parts) -> None:
    """Replace the operations on memories."""
    parts.memory = Flawed(parts)
