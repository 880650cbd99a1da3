"""A memory that belongs to a document (`doc_id`) is read by whoever knows its id: documents were once shared."""

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
        return row if row and row.doc_id else await super().get(connection, memory_id)


def apply(parts: Parts) -> None:
    """Ask no owner of what belongs to a document."""
    parts.memories = Leaky()
