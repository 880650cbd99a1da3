"""A deletion goes by the second of creation: what the same user remembered in that second goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.parts import Connection, Parts

weakness = "integrity.delete"
mode = "http"
NEIGHBOURS = """
DELETE FROM memory_chunks m USING memory_chunks d WHERE d.id = $1 AND m.id <> d.id
AND date_trunc('second', m.created_at) = date_trunc('second', d.created_at)
"""


class Flawed(PostgresMemories):
    async def delete(self, connection: Connection, memory_id: UUID) -> bool:
        await connection.execute(NEIGHBOURS, memory_id)
        return await super().delete(connection, memory_id)


def apply(parts: Parts) -> None:
    """Replace the table."""
    parts.memories = Flawed()
