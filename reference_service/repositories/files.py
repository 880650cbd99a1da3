"""The table `files`, seen through its policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.model import FileRow, IndexOptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from reference_service.parts import Connection

FILE_COLUMNS = (
    "file_id, user_id, key_id, title, description, tags, metadata, tag_digests, source, mime_type, size_bytes, status, "
    "chunks_count, created_at, indexed_at"
)


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
