"""Any user may read any memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._memories import ALL_MEMORIES, Everybodys
from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import MemoryRow
    from reference_service.parts import Connection, Parts

weakness = "isolation.read"
mode = "http"
ddl = ALL_MEMORIES


class Leaky(PostgresMemories):
    async def get(self, connection: Connection, memory_id: UUID) -> MemoryRow | None:
        return await Everybodys().get(connection, memory_id)


def apply(parts: Parts) -> None:
    """Read past the policy."""
    parts.memories = Leaky()
