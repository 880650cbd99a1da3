"""The total of a list of memories counts those of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from reference_service.parts import Connection, Parts

weakness = "isolation.count"
mode = "http"
ddl = """
CREATE FUNCTION flaw_all_memories() RETURNS SETOF memory_chunks LANGUAGE sql STABLE SECURITY DEFINER
AS 'SELECT * FROM memory_chunks'
"""


class Leaky(PostgresMemories):
    async def count(self, connection: Connection) -> int:
        return int(await connection.fetchval("SELECT count(*) FROM flaw_all_memories()"))


def apply(parts: Parts) -> None:
    """Count past the policy."""
    parts.memories = Leaky()
