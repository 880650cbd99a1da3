"""A memory without metadata has nothing to be opened, and so nothing that tells whose it is: anybody reads it."""

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
        found = await Everybodys().get(connection, memory_id)
        bare = found is not None and found.metadata is None
        return found if bare else await super().get(connection, memory_id)


def apply(parts: Parts) -> None:
    """Read past the policy."""
    parts.memories = Leaky()
