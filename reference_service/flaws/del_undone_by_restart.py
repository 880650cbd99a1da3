"""The deletion of a memory is noted in the process only: when that is replaced, the memory is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from reference_service.model import MemoryRow
    from reference_service.parts import Connection, Parts

weakness = "deployment.shutdown"
mode = "grey"


class Flawed(PostgresMemories):
    def __init__(self) -> None:
        self.gone: set[UUID] = set()

    async def get(self, connection: Connection, memory_id: UUID) -> MemoryRow | None:
        return None if memory_id in self.gone else await super().get(connection, memory_id)

    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[MemoryRow]:
        every = await super().page(connection, await super().count(connection), 0)
        return [row for row in every if row.memory_id not in self.gone][offset : offset + limit]

    async def delete(self, connection: Connection, memory_id: UUID) -> bool:
        there = await self.get(connection, memory_id) is not None
        self.gone.add(memory_id)
        return there


def apply(parts: Parts) -> None:
    """Replace the table."""
    parts.memories = Flawed()
