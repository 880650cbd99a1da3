"""The query over memories finds those of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import MemoryRow
    from reference_service.parts import Connection, Parts

weakness = "isolation.search"
mode = "http"
ddl = """
CREATE FUNCTION flaw_all_memories() RETURNS SETOF memory_chunks LANGUAGE sql STABLE SECURITY DEFINER
AS 'SELECT * FROM memory_chunks'
"""


class Leaky(PostgresMemories):
    async def nearest(self, connection: Connection, vector: Sequence[float], limit: int) -> Sequence[MemoryRow]:
        return await Everybodys().nearest(connection, vector, limit)


class Everybodys(PostgresMemories):
    table = "flaw_all_memories()"


def apply(parts: Parts) -> None:
    """Query past the policy."""
    parts.memories = Leaky()
