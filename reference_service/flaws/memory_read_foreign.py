"""Any user may read any memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import MemoryRow
    from reference_service.parts import Connection, Parts

weakness = "isolation.read"
mode = "http"
ddl = """
CREATE FUNCTION flaw_all_memories() RETURNS SETOF memory_chunks LANGUAGE sql STABLE SECURITY DEFINER
AS 'SELECT * FROM memory_chunks'
"""


class Leaky(PostgresMemories):
    async def get(self, connection: Connection, memory_id: UUID) -> MemoryRow | None:
        return await Everybodys().get(connection, memory_id)


class Everybodys(PostgresMemories):
    table = "flaw_all_memories()"


def apply(parts: Parts) -> None:
    """Read past the policy."""
    parts.memories = Leaky()
