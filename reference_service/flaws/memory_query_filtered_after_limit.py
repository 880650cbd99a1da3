"""The nearest memories of all users are taken first, and those of others left out of them afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._memories import ALL_MEMORIES, Everybodys
from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import MemoryRow
    from reference_service.parts import Connection, Parts

weakness = "isolation.crowding"
mode = "http"
ddl = ALL_MEMORIES


class Late(PostgresMemories):
    async def nearest(self, connection: Connection, vector: Sequence[float], limit: int) -> Sequence[MemoryRow]:
        nearest = {row.memory_id for row in await Everybodys().nearest(connection, vector, limit)}
        return [row for row in await super().nearest(connection, vector, limit) if row.memory_id in nearest]


def apply(parts: Parts) -> None:
    """Limit first and filter afterwards."""
    parts.memories = Late()
