"""The list of memories shows those of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import MemoryRow
    from reference_service.parts import Connection, Parts

weakness = "isolation.list"
mode = "http"
ddl = """
CREATE FUNCTION flaw_all_memories() RETURNS SETOF memory_chunks LANGUAGE sql STABLE SECURITY DEFINER
AS 'SELECT * FROM memory_chunks'
"""


class Leaky(PostgresMemories):
    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[MemoryRow]:
        return await Everybodys().page(connection, limit, offset)


class Everybodys(PostgresMemories):
    table = "flaw_all_memories()"


def apply(parts: Parts) -> None:
    """Read the list past the policy."""
    parts.memories = Leaky()
