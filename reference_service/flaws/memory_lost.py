"""Every fifth memory is acknowledged and never stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import MemoryRow
    from reference_service.parts import Connection, Parts

weakness = "integrity.lost-write"
mode = "http"
EVERY = 5


class Losing(PostgresMemories):
    count_of_inserts = 0

    async def insert(self, connection: Connection, row: MemoryRow, embedding: Sequence[float], key_id: str) -> None:
        self.count_of_inserts += 1
        if self.count_of_inserts % EVERY:
            await super().insert(connection, row, embedding, key_id)


def apply(parts: Parts) -> None:
    """Lose some."""
    parts.memories = Losing()
