"""Indexing: read, cut up, embed and store a file; and the worker that does so in the background."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import structlog

from reference_service.errors import DependencyDown, EmbeddingDown, FileMissing, InvalidFile, Mismatch
from reference_service.model import (
    Binding,
    Chunk,
    ChunkRow,
    FileRow,
    IndexOptions,
    IndexOutcome,
    Job,
    Sealed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts

POLL_SECONDS = 1.0
SECONDS_TO_FINISH = 2.0
log = structlog.get_logger()


def body_name(file_id: UUID) -> str:
    """Return the name under which a body is stored: made from the id, never from what a user sent."""
    return f"bodies/{file_id}"


class FileIndexer:
    """Indexes one file in its owner's context."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    async def index(self, user_id: str, file_id: UUID, options: IndexOptions) -> IndexOutcome:
        """Index a file; the slow part runs outside any transaction, the write under the lock of the file."""
        row, body = await self.load(user_id, file_id)
        text = await asyncio.to_thread(self.text, row, body)
        chunks = await asyncio.to_thread(
            self.parts.chunkers[options.chunk_strategy].chunks, text, options.chunk_overlap
        )
        started = time.perf_counter()
        vectors = await self.parts.embedders[options.embedding_model].embed([chunk.text for chunk in chunks])
        latency = round((time.perf_counter() - started) * 1000, 3)
        await self.store(user_id, row, chunks, vectors, options)
        self.parts.metrics.indexings.inc()
        return IndexOutcome(
            chunks_created=len(chunks),
            tokens_processed=sum(len(chunk.text.split()) for chunk in chunks),
            embedding_latency_ms=latency,
            embedding_model_used=options.embedding_model,
        )

    async def load(self, user_id: str, file_id: UUID) -> tuple[FileRow, bytes]:
        """Return a file and its body, both authentic; raise FileMissing."""
        async with self.parts.database.transaction(user_id) as connection:
            row = await self.parts.files.get(connection, file_id)
        if row is None:
            raise FileMissing
        sealed = Sealed(key_id=row.key_id, data=await self.parts.storage.get(body_name(file_id)))
        binding = Binding(user_id=row.user_id, object_id=str(file_id), column="body")
        try:
            return row, await asyncio.to_thread(self.parts.cipher.open, sealed, binding)
        except Mismatch:
            raise FileMissing from None

    def text(self, row: FileRow, body: bytes) -> str:
        """Return the text of a file; one without any, such as an image, is found by its title and description."""
        text = self.parts.extractor.text(body, row.mime_type)
        if text.strip():
            return text
        try:
            named = [self._open(row, row.title, "title"), self._open(row, row.description, "description")]
        except Mismatch:
            raise FileMissing from None
        return "\n".join(named)

    def _open(self, row: FileRow, data: bytes, column: str) -> str:
        binding = Binding(user_id=row.user_id, object_id=str(row.file_id), column=column)
        return str(json.loads(self.parts.cipher.open(Sealed(key_id=row.key_id, data=data), binding)))

    async def store(
        self,
        user_id: str,
        row: FileRow,
        chunks: Sequence[Chunk],
        vectors: Sequence[Sequence[float]],
        options: IndexOptions,
    ) -> None:
        """Replace the chunks of a file unless it was deleted meanwhile: a delete wins."""
        parts = self.parts
        rows = await asyncio.to_thread(self.rows, row, chunks, vectors, options.embedding_model)
        async with parts.database.transaction(user_id) as connection:
            if not await parts.files.lock(connection, row.file_id):
                raise FileMissing
            await parts.chunks.replace(connection, row.file_id, row.user_id, rows)
            await parts.files.indexed(connection, row.file_id, len(rows), options)
        await parts.search_cache.drop(row.user_id)

    def rows(
        self, row: FileRow, chunks: Sequence[Chunk], vectors: Sequence[Sequence[float]], model: str
    ) -> list[ChunkRow]:
        """Return the rows of chunks, their texts sealed."""
        rows = []
        for index, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True)):
            binding = Binding(user_id=row.user_id, object_id=str(row.file_id), column=f"text:{index}")
            sealed = self.parts.cipher.seal(chunk.text.encode(), binding)
            rows.append(
                ChunkRow(
                    chunk_id=uuid4(),
                    chunk_index=index,
                    position=chunk.position,
                    key_id=sealed.key_id,
                    text=sealed.data,
                    embedding_model=model,
                    embedding=vector,
                )
            )
        return rows


class IndexWorker:
    """Takes jobs from the table and indexes in their owners' contexts."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin."""
        self._tasks = [asyncio.create_task(self._run()) for _ in range(self.parts.settings.index_workers)]

    async def stop(self) -> None:
        """Finish the job in hand, if it does not take long, and end; what is left is taken up at the next start."""
        self._stopping.set()
        self._awake.set()
        _, late = await asyncio.wait(self._tasks, timeout=SECONDS_TO_FINISH)
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """Look for jobs at once."""
        self._awake.set()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                busy = await self.step()
            except DependencyDown:
                busy = False
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)

    async def step(self) -> bool:
        """Do one job; False when there was none, or when it has to wait."""
        if await self.stopped_within(self.parts.settings.index_delay_seconds):
            return False
        async with self.parts.database.background() as connection:
            job = await self.parts.jobs.claim(connection)
        if job is None:
            return False
        state = await self.do(job)
        async with self.parts.database.background() as connection:
            await self.parts.jobs.finish(connection, job, state)
        return state != "queued"

    async def stopped_within(self, seconds: float) -> bool:
        """Wait, and say whether the worker was told to stop meanwhile."""
        if seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    async def do(self, job: Job) -> str:
        """Index the file of a job in its owner's context, and return the state in which the job ends."""
        try:
            await self.parts.indexer.index(job.user_id, job.file_id, IndexOptions())
        except FileMissing:
            return "done"
        except (InvalidFile, EmbeddingDown):
            return await self.fail(job)
        except DependencyDown:
            return "queued"
        except Exception:
            log.exception("indexing failed", file_id=str(job.file_id))
            return await self.fail(job)
        return "done"

    async def fail(self, job: Job) -> str:
        """Tell the owner, in the file's status, that it could not be indexed."""
        self.parts.metrics.indexing_failures.inc()
        async with self.parts.database.transaction(job.user_id) as connection:
            await connection.execute("UPDATE files SET status = 'failed' WHERE file_id = $1", job.file_id)
        return "failed"
