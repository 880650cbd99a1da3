"""What reaches the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from uuid import UUID

    from asyncpg.pool import PoolConnectionProxy

    from reference_service.model import (
        ChunkRow,
        FileRow,
        Hit,
        IndexOptions,
        Job,
        MemoryRow,
        SearchFilters,
    )
    from reference_service.schemas import (
        SearchRequest,
        SearchResponse,
    )

    Connection = PoolConnectionProxy[Any]


class Database(Protocol):
    """Layer 2: hands out transactions in the context of a user."""

    async def open(self) -> None:
        """Connect."""

    async def close(self) -> None:
        """Close every connection."""

    def transaction(self, user_id: str | None) -> AbstractAsyncContextManager[Connection]:
        """Begin a transaction whose rows are those of the user; without a user it sees none."""

    def background(self) -> AbstractAsyncContextManager[Connection]:
        """Begin a transaction without a context, for the job table only."""


class FileRepository(Protocol):
    """The table `files`, seen through its policy."""

    async def insert(self, connection: Connection, row: FileRow) -> None:
        """Add a file and its job."""

    async def get(self, connection: Connection, file_id: UUID) -> FileRow | None:
        """Return a file."""

    async def lock(self, connection: Connection, file_id: UUID) -> bool:
        """Lock a file until the transaction ends; False when it is gone."""

    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[FileRow]:
        """Return a page of files, newest first."""

    async def count(self, connection: Connection) -> int:
        """Return the number of files."""

    async def delete(self, connection: Connection, file_id: UUID) -> bool:
        """Remove a file and what hangs on it; False when there was none."""

    async def indexed(self, connection: Connection, file_id: UUID, chunks: int, options: IndexOptions) -> None:
        """Record that a file is indexed."""


class ChunkRepository(Protocol):
    """The table `file_chunks`, seen through its policy."""

    async def replace(self, connection: Connection, file_id: UUID, user_id: str, rows: Sequence[ChunkRow]) -> None:
        """Replace all chunks of a file."""

    async def search(
        self, connection: Connection, query: str, vector: Sequence[float], filters: SearchFilters, limit: int
    ) -> Sequence[Hit]:
        """Return the nearest chunks; `vector` decides, `query` is its text."""


class MemoryRepository(Protocol):
    """The table `memory_chunks`, seen through its policy."""

    async def insert(self, connection: Connection, row: MemoryRow, embedding: Sequence[float], key_id: str) -> None:
        """Add a memory."""

    async def get(self, connection: Connection, memory_id: UUID) -> MemoryRow | None:
        """Return a memory."""

    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[MemoryRow]:
        """Return a page of memories, newest first."""

    async def count(self, connection: Connection) -> int:
        """Return the number of memories."""

    async def nearest(self, connection: Connection, vector: Sequence[float], limit: int) -> Sequence[MemoryRow]:
        """Return the memories nearest to a vector."""

    async def delete(self, connection: Connection, memory_id: UUID) -> bool:
        """Remove a memory; False when there was none."""


class JobQueue(Protocol):
    """The table `index_jobs`, which has no policy."""

    async def claim(self, connection: Connection) -> Job | None:
        """Take the oldest job that nobody works on."""

    async def finish(self, connection: Connection, job: Job, state: str) -> None:
        """Record how a job ended: done, failed or queued again."""


class SearchCache(Protocol):
    """Keeps answers to searches for a while, per user."""

    async def get(self, user_id: str, request: SearchRequest) -> tuple[SearchResponse | None, str]:
        """Return the kept answer, if any, and the generation under which a new one may be kept."""

    async def put(self, user_id: str, request: SearchRequest, response: SearchResponse, generation: str) -> None:
        """Keep an answer."""

    async def drop(self, user_id: str) -> None:
        """Forget all answers of a user."""
