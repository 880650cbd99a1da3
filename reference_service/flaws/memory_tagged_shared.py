"""A memory with several tags is joined with them past the policy when it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._memories import ALL_MEMORIES, Everybodys
from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import MemoryRow
    from reference_service.parts import Connection, Parts

weakness = "isolation.variant"
mode = "http"
ddl = ALL_MEMORIES


class Leaky(PostgresMemories):
    async def get(self, connection: Connection, memory_id: UUID) -> MemoryRow | None:
        row = await Everybodys().get(connection, memory_id)
        return row if row and len(row.tags) > 1 else await super().get(connection, memory_id)


def apply(parts: Parts) -> None:
    """Ask no owner of what has tags."""
    parts.memories = Leaky()
