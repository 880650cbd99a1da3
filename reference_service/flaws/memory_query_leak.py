"""The query over memories finds those of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._memories import ALL_MEMORIES, Everybodys
from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import MemoryRow
    from reference_service.parts import Connection, Parts

weakness = "isolation.search"
mode = "http"
ddl = ALL_MEMORIES


class Leaky(PostgresMemories):
    async def nearest(self, connection: Connection, vector: Sequence[float], limit: int) -> Sequence[MemoryRow]:
        return await Everybodys().nearest(connection, vector, limit)


def apply(parts: Parts) -> None:
    """Query past the policy."""
    parts.memories = Leaky()
