"""The names in the metadata of a memory become part of a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import Memory, MemoryCreate

weakness = "injection.sql"
mode = "http"


class Concatenating(Memories):
    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        async with self.parts.database.transaction(principal.user_id) as connection:
            for name in request.metadata or {}:
                await connection.fetch(f"SELECT '{name}' = 'source'")
        return await super().create(principal, request)


def apply(parts: Parts) -> None:
    """Concatenate."""
    parts.memory = Concatenating(parts)
