"""The tables, seen through their policies: no query names an owner, because the policy adds it to each one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.model import ChunkRow, FileRow, Hit, IndexOptions, Job, MemoryRow, Sealed, SearchFilters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from reference_service.parts import Connection

FILE_COLUMNS = (
    "file_id, user_id, key_id, title, description, tags, metadata, tag_digests, source, mime_type, size_bytes, status, "
    "chunks_count, created_at, indexed_at"
)
MEMORY_COLUMNS = (
    "id, user_id, doc_id, source, text, metadata_cipher, key_id, chunk_index, tags, created_at, updated_at, expires_at"
)
ALIVE = "(expires_at IS NULL OR expires_at > now())"
STALE_AFTER = "interval '60 seconds'"


def vector_text(vector: Sequence[float]) -> str:
    """Return a vector in the input format of pgvector."""
    return "[" + ",".join([f"{value:.6g}" if value else "0" for value in vector]) + "]"


class PostgresFiles:
    """The table `files`."""

    table = "files"

    async def insert(self, connection: Connection, row: FileRow) -> None:
        """Add a file and its job."""
        values = [getattr(row, name) for name in FileRow.__slots__]
        marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await connection.execute(f"INSERT INTO files ({FILE_COLUMNS}) VALUES ({marks})", *values)  # noqa: S608
        await connection.execute(
            "INSERT INTO index_jobs (file_id, user_id, state) VALUES ($1, $2, 'queued')", row.file_id, row.user_id
        )

    async def get(self, connection: Connection, file_id: UUID) -> FileRow | None:
        """Return a file."""
        record = await connection.fetchrow(
            f"SELECT {FILE_COLUMNS} FROM {self.table} WHERE file_id = $1",  # noqa: S608
            file_id,
        )
        return FileRow(**record) if record else None

    async def lock(self, connection: Connection, file_id: UUID) -> bool:
        """Lock a file until the transaction ends; False when it is gone."""
        return await connection.fetchval("SELECT true FROM files WHERE file_id = $1 FOR UPDATE", file_id) is not None

    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[FileRow]:
        """Return a page of files, newest first."""
        records = await connection.fetch(
            f"SELECT {FILE_COLUMNS} FROM {self.table} ORDER BY created_at DESC, file_id LIMIT $1 OFFSET $2",  # noqa: S608
            limit,
            offset,
        )
        return [FileRow(**record) for record in records]

    async def count(self, connection: Connection) -> int:
        """Return the number of files."""
        return int(await connection.fetchval(f"SELECT count(*) FROM {self.table}"))  # noqa: S608

    async def delete(self, connection: Connection, file_id: UUID) -> bool:
        """Remove a file; its chunks and its job go with it."""
        return await connection.execute("DELETE FROM files WHERE file_id = $1", file_id) == "DELETE 1"

    async def indexed(self, connection: Connection, file_id: UUID, chunks: int, options: IndexOptions) -> None:
        """Record that a file is indexed."""
        await connection.execute(
            "UPDATE files SET status = 'indexed', chunks_count = $2, rerank = $3, indexed_at = now() "
            "WHERE file_id = $1",
            file_id,
            chunks,
            options.rerank,
        )


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


class PostgresJobs:
    """The table `index_jobs`."""

    async def claim(self, connection: Connection) -> Job | None:
        """Take the oldest job that nobody works on; one whose worker died is taken up again."""
        record = await connection.fetchrow(
            "UPDATE index_jobs SET state = 'running', updated_at = now() WHERE file_id = ("  # noqa: S608
            "  SELECT file_id FROM index_jobs WHERE state = 'queued' "
            f"  OR (state = 'running' AND updated_at < now() - {STALE_AFTER}) "
            "  ORDER BY created_at FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING file_id, user_id"
        )
        return Job(**record) if record else None

    async def finish(self, connection: Connection, job: Job, state: str) -> None:
        """Record how a job ended."""
        await connection.execute(
            "UPDATE index_jobs SET state = $2, updated_at = now() WHERE file_id = $1", job.file_id, state
        )
