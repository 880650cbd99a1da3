"""The operations on files: upload, index, search, read, list, delete."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import structlog

from reference_service.errors import DependencyDown, FileMissing, Mismatch
from reference_service.indexing import body_name
from reference_service.model import Binding, FileRow, IndexOptions, Principal, Upload
from reference_service.schemas import (
    FileDescription,
    FileList,
    IndexRequest,
    IndexResponse,
    UploadResponse,
)
from reference_service.searching import Searching

if TYPE_CHECKING:
    from collections.abc import Sequence


log = structlog.get_logger()

PREFIX = "/api/v1/knowledge"
BYTES_PER_MS = 500
"""How fast indexing was measured to be, for the estimate in the answer to an upload."""


class KnowledgeOperations(Searching):
    """What the routes of the knowledge API do; every access to data is one transaction in the caller's context."""

    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        """Store a file and a job, and answer when both are committed."""
        parts = self.parts
        mime_type = await asyncio.to_thread(parts.media_types.judge, upload)
        row = self.row(principal.user_id, upload, mime_type)
        await self.store(principal, row, upload)
        parts.metrics.uploads.inc()
        parts.worker.wake()
        return UploadResponse(
            file_id=row.file_id,
            status="queued",
            request_id=request_id,
            message="The file was accepted and will be indexed.",
            expected_completion_ms=500 + row.size_bytes // BYTES_PER_MS,
        )

    def row(self, owner: str, upload: Upload, mime_type: str) -> FileRow:
        """Return the row of a new file, what the caller named sealed."""
        file_id = uuid4()
        title = upload.title or upload.file_name[:255] or "untitled"
        return FileRow(
            file_id=file_id,
            user_id=owner,
            key_id=self.parts.cipher.active_key_id,
            title=self.seal(title, owner, file_id, "title"),
            description=self.seal(upload.description or "", owner, file_id, "description"),
            tags=self.seal(list(upload.tags), owner, file_id, "tags"),
            metadata=self.seal(dict(upload.metadata), owner, file_id, "metadata"),
            tag_digests=[self.parts.cipher.digest(owner, tag) for tag in upload.tags],
            source=upload.source,
            mime_type=mime_type,
            size_bytes=len(upload.body),
            status="queued",
            chunks_count=0,
            created_at=datetime.now(UTC),
            indexed_at=None,
        )

    async def store(self, principal: Principal, row: FileRow, upload: Upload) -> None:
        """Store the body, then commit the row and its job; without the row the body goes again."""
        parts = self.parts
        binding = Binding(user_id=row.user_id, object_id=str(row.file_id), column="body")
        sealed = await asyncio.to_thread(parts.cipher.seal, upload.body, binding)
        await parts.storage.put(body_name(row.file_id), sealed.data)
        try:
            async with parts.database.transaction(principal.user_id) as connection:
                await parts.files.insert(connection, row)
        except BaseException:
            await parts.storage.delete(body_name(row.file_id))
            raise

    async def index(self, principal: Principal, request: IndexRequest) -> IndexResponse:
        """Index a file at once."""
        options = IndexOptions(
            chunk_strategy=request.chunk_strategy,
            chunk_overlap=request.chunk_overlap,
            embedding_model=request.embedding_model,
            rerank=request.rerank,
        )
        outcome = await self.parts.indexer.index(principal.user_id, request.file_id, options)
        return IndexResponse(
            file_id=request.file_id,
            chunks_created=outcome.chunks_created,
            tokens_processed=outcome.tokens_processed,
            embedding_latency_ms=outcome.embedding_latency_ms,
            embedding_model_used=outcome.embedding_model_used,
            vectors_stored=outcome.chunks_created,
            file_url=file_url(request.file_id),
            status="indexed",
        )

    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        """Describe a file."""
        async with self.parts.database.transaction(principal.user_id) as connection:
            row = await self.parts.files.get(connection, file_id)
        description = self.describe(row) if row else None
        if description is None:
            raise FileMissing
        return description

    def describe(self, row: FileRow) -> FileDescription | None:
        """Describe a row; None when it is not authentic."""
        try:
            title = self.open(row.title, row.key_id, row.user_id, row.file_id, "title")
            tags = self.open(row.tags, row.key_id, row.user_id, row.file_id, "tags")
        except Mismatch:
            return None
        return FileDescription(
            file_id=row.file_id,
            title=title,
            source=row.source,
            mime_type=row.mime_type,
            size_bytes=row.size_bytes,
            chunks_count=row.chunks_count,
            status=row.status,
            created_at=row.created_at,
            indexed_at=row.indexed_at,
            tags=tags,
            url=file_url(row.file_id),
        )

    async def list(self, principal: Principal, limit: int, offset: int) -> FileList:
        """Describe a page of files."""
        async with self.parts.database.transaction(principal.user_id) as connection:
            rows = await self.parts.files.page(connection, limit, offset)
            total = await self.parts.files.count(connection)
        return self.page(rows, total, limit, offset)

    def page(self, rows: Sequence[FileRow], total: int, limit: int, offset: int) -> FileList:
        """Describe a page; rows that are not authentic are left out."""
        files = [description for row in rows if (description := self.describe(row)) is not None]
        return FileList(
            files=files,
            total=total,
            limit=limit,
            offset=offset,
            next_page_url=next_page(f"{PREFIX}/files", total, limit, offset),
        )

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        """Remove a file, its chunks, its job and its body; a file that is not authentic is no file."""
        parts = self.parts
        async with parts.database.transaction(principal.user_id) as connection:
            row = await parts.files.get(connection, file_id)
            if row is None or self.describe(row) is None or not await parts.files.delete(connection, file_id):
                raise FileMissing
        await parts.search_cache.drop(principal.user_id)
        try:
            await parts.storage.delete(body_name(file_id))
        except DependencyDown:
            log.warning("body left behind", file_id=str(file_id))


def file_url(file_id: UUID) -> str:
    """Return where a file is described."""
    return f"{PREFIX}/files/{file_id}"


def next_page(path: str, total: int, limit: int, offset: int) -> str | None:
    """Return the address of the next page, or None on the last one."""
    return f"{path}?limit={limit}&offset={offset + limit}" if offset + limit < total else None
