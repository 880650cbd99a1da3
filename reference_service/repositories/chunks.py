"""The table `file_chunks`, seen through its policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.model import ChunkRow, Hit, Sealed, SearchFilters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from reference_service.parts import Connection

from reference_service.repositories.vectors import vector_text


class PostgresChunks:
    """The table `file_chunks`."""

    table = "file_chunks"
    files = "files"

    async def replace(self, connection: Connection, file_id: UUID, user_id: str, rows: Sequence[ChunkRow]) -> None:
        """Replace all chunks of a file, in one statement each way."""
        await connection.execute("DELETE FROM file_chunks WHERE file_id = $1", file_id)
        await connection.execute(
            "INSERT INTO file_chunks (file_id, user_id, chunk_id, chunk_index, position, key_id, text, "
            "embedding_model, embedding) "
            "SELECT $1, $2, chunk_id, chunk_index, position, key_id, text, model, embedding::vector "
            "FROM unnest($3::uuid[], $4::int[], $5::int[], $6::text[], $7::bytea[], $8::text[], $9::text[]) "
            "AS rows (chunk_id, chunk_index, position, key_id, text, model, embedding)",
            file_id,
            user_id,
            [row.chunk_id for row in rows],
            [row.chunk_index for row in rows],
            [row.position for row in rows],
            [row.key_id for row in rows],
            [row.text for row in rows],
            [row.embedding_model for row in rows],
            [vector_text(row.embedding) for row in rows],
        )

    async def search(
        self, connection: Connection, query: str, vector: Sequence[float], filters: SearchFilters, limit: int
    ) -> Sequence[Hit]:
        """Return the nearest chunks.

        They are found first and joined to their files afterwards, so that the plan is good whatever the statistics say.
        """
        where, values = self.where(query, filters, first=3)
        records = await connection.fetch(
            "WITH nearest AS MATERIALIZED ("  # noqa: S608
            "SELECT c.chunk_id, c.file_id, c.user_id, c.chunk_index, c.position, c.key_id, c.text, "
            f"c.embedding <=> ($1::text)::vector AS distance FROM {self.table} c WHERE {where} "
            "ORDER BY distance LIMIT $2) "
            "SELECT nearest.*, f.key_id AS file_key_id, f.title, f.metadata, f.rerank "
            f"FROM nearest JOIN {self.files} f ON f.file_id = nearest.file_id ORDER BY distance",
            vector_text(vector),
            limit,
            *values,
        )
        return [hit(record) for record in records]

    def where(self, query: str, filters: SearchFilters, first: int) -> tuple[str, list[Any]]:
        """Return the condition of a search, its values numbered from `first`."""
        conditions, values = list(self.conditions(query)), []
        if filters.embedding_model is not None:
            conditions.append(f"c.embedding_model = ${first}")
            values.append(filters.embedding_model)
        on_files, more = file_conditions(filters, first + len(values))
        if on_files:
            files = f"SELECT f.file_id FROM {self.files} f WHERE {' AND '.join(on_files)}"  # noqa: S608
            conditions.append(f"c.file_id IN ({files})")
        return " AND ".join(conditions) or "true", values + more

    def conditions(self, query: str) -> Sequence[str]:  # noqa: ARG002 - the vector stands for the query
        """Return further conditions of a search, in SQL; the text of a query never becomes SQL."""
        return ()


def file_conditions(filters: SearchFilters, first: int) -> tuple[list[str], list[Any]]:
    """Return the SQL conditions that filters put on files and their values, numbered from `first`."""
    known = [
        ("f.tag_digests @> ${}::bytea[]", filters.tag_digests),
        ("f.source = ANY(${}::text[])", filters.sources),
        ("f.created_at >= ${}", filters.created_after),
        ("f.created_at <= ${}", filters.created_before),
    ]
    used = [(condition, value) for condition, value in known if value is not None]
    return [item[0].format(first + n) for n, item in enumerate(used)], [item[1] for item in used]


def hit(record: Mapping[str, Any]) -> Hit:
    """Return what a search found from its record."""
    values = dict(record)
    values["text"] = Sealed(key_id=values.pop("key_id"), data=values["text"])
    return Hit(**values)
