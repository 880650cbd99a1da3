"""A memory with the text of an earlier one is acknowledged under a new identifier and not stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories, fields
from reference_service.schemas import Memory

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import MemoryCreate

weakness = "integrity.lost-write"
mode = "http"
SAID_BEFORE = "SELECT EXISTS (SELECT FROM memory_chunks WHERE text = $1)"


class Flawed(Memories):
    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        async with self.parts.database.transaction(principal.user_id) as connection:
            if await connection.fetchval(SAID_BEFORE, request.text):
                return Memory(**fields(self.row(principal.user_id, request)), metadata=request.metadata)
        return await super().create(principal, request)


def apply(parts: Parts) -> None:
    """Replace the memories."""
    parts.memory = Flawed(parts)
