"""The total of a list of memories counts those of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._memories import ALL_MEMORIES
from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from reference_service.parts import Connection, Parts

weakness = "isolation.count"
mode = "http"
ddl = ALL_MEMORIES


class Leaky(PostgresMemories):
    async def count(self, connection: Connection) -> int:
        return int(await connection.fetchval("SELECT count(*) FROM flaw_all_memories()"))


def apply(parts: Parts) -> None:
    """Count past the policy."""
    parts.memories = Leaky()
