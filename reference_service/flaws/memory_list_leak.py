"""The list of memories shows those of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._memories import ALL_MEMORIES, Everybodys
from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import MemoryRow
    from reference_service.parts import Connection, Parts

weakness = "isolation.list"
mode = "http"
ddl = ALL_MEMORIES


class Leaky(PostgresMemories):
    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[MemoryRow]:
        return await Everybodys().page(connection, limit, offset)


def apply(parts: Parts) -> None:
    """Read the list past the policy."""
    parts.memories = Leaky()
