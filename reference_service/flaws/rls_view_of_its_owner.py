"""Memories are queried through a view that runs as its owner, whom the policy does not bind."""

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
CREATE VIEW flaw_memories AS SELECT * FROM memory_chunks;
GRANT SELECT ON flaw_memories TO knowledge_service
"""


class Everybodys(PostgresMemories):
    table = "flaw_memories"


class Leaky(PostgresMemories):
    async def nearest(self, connection: Connection, vector: Sequence[float], limit: int) -> Sequence[MemoryRow]:
        return await Everybodys().nearest(connection, vector, limit)


def apply(parts: Parts) -> None:
    """Query the view."""
    parts.memories = Leaky()
