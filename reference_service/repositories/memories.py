"""The table `memory_chunks`, seen through its policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.model import MemoryRow, Sealed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from reference_service.parts import Connection

from reference_service.repositories.vectors import vector_text

MEMORY_COLUMNS = (
    "id, user_id, doc_id, source, text, metadata_cipher, key_id, chunk_index, tags, created_at, updated_at, expires_at"
)
ALIVE = "(expires_at IS NULL OR expires_at > now())"


class PostgresMemories:
    """The table `memory_chunks`."""

    table = "memory_chunks"
    columns = MEMORY_COLUMNS
    written = MEMORY_COLUMNS

    async def insert(self, connection: Connection, row: MemoryRow, embedding: Sequence[float], key_id: str) -> None:
        """Add a memory."""
        await connection.execute(
            f"INSERT INTO memory_chunks ({self.written}, embedding) "  # noqa: S608
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, ($13::text)::vector)",
            row.memory_id,
            row.user_id,
            row.doc_id,
            row.source,
            row.text,
            row.metadata.data if row.metadata else None,
            key_id,
            row.chunk_index,
            list(row.tags),
            row.created_at,
            row.updated_at,
            row.expires_at,
            vector_text(embedding),
        )

    async def get(self, connection: Connection, memory_id: UUID) -> MemoryRow | None:
        """Return a memory that has not expired."""
        record = await connection.fetchrow(
            f"SELECT {self.columns} FROM {self.table} WHERE id = $1 AND {ALIVE}",  # noqa: S608
            memory_id,
        )
        return memory(record) if record else None

    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[MemoryRow]:
        """Return a page of memories, newest first."""
        records = await connection.fetch(
            f"SELECT {self.columns} FROM {self.table} WHERE {ALIVE} "  # noqa: S608
            "ORDER BY created_at DESC, id LIMIT $1 OFFSET $2",
            limit,
            offset,
        )
        return [memory(record) for record in records]

    async def count(self, connection: Connection) -> int:
        """Return the number of memories that have not expired."""
        return int(await connection.fetchval(f"SELECT count(*) FROM {self.table} WHERE {ALIVE}"))  # noqa: S608

    async def nearest(self, connection: Connection, vector: Sequence[float], limit: int) -> Sequence[MemoryRow]:
        """Return the memories nearest to a vector."""
        records = await connection.fetch(
            f"SELECT {self.columns}, embedding <=> ($1::text)::vector AS distance FROM {self.table} WHERE {ALIVE} "  # noqa: S608
            "ORDER BY distance LIMIT $2",
            vector_text(vector),
            limit,
        )
        return [memory(record) for record in records]

    async def delete(self, connection: Connection, memory_id: UUID) -> bool:
        """Remove a memory; False when there was none."""
        return await connection.execute("DELETE FROM memory_chunks WHERE id = $1", memory_id) == "DELETE 1"


def memory(record: Mapping[str, Any]) -> MemoryRow:
    """Return a memory from its record."""
    values = dict(record)
    values["memory_id"] = values.pop("id")
    key_id, sealed = values.pop("key_id"), values.pop("metadata_cipher")
    return MemoryRow(**values, metadata=None if sealed is None else Sealed(key_id=key_id, data=sealed))
