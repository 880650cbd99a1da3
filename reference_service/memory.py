"""The operations on memories, as the release before had them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from reference_service.errors import FileMissing, Mismatch
from reference_service.knowledge import next_page
from reference_service.model import Binding, MemoryRow, Principal, Sealed
from reference_service.schemas import Memory, MemoryCreate, MemoryList, MemoryQuery, MemoryResult, MemoryResults
from reference_service.searching import similarity

if TYPE_CHECKING:
    from reference_service.parts import Parts

PREFIX = "/api/v1/memory"


class Memories:
    """What the routes of the memory API do; every access to data is one transaction in the caller's context."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        """Remember a text."""
        row = self.row(principal.user_id, request)
        (vector,) = await self.parts.embedders["local"].embed([request.text])
        async with self.parts.database.transaction(principal.user_id) as connection:
            await self.parts.memories.insert(connection, row, vector, self.parts.cipher.active_key_id)
        return Memory(**fields(row), metadata=request.metadata)

    def row(self, owner: str, request: MemoryCreate) -> MemoryRow:
        """Return the row of a new memory, its metadata sealed."""
        memory_id, now = uuid4(), datetime.now(UTC)
        return MemoryRow(
            memory_id=memory_id,
            user_id=owner,
            doc_id=request.doc_id,
            source=request.source,
            text=request.text,
            metadata=self.seal(request.metadata, owner, memory_id),
            chunk_index=0,
            tags=request.tags,
            created_at=now,
            updated_at=now,
            expires_at=request.expires_at,
        )

    def seal(self, metadata: dict[str, Any] | None, owner: str, memory_id: UUID) -> Sealed | None:
        """Seal the metadata, if there is any."""
        if metadata is None:
            return None
        return self.parts.cipher.seal(json.dumps(metadata).encode(), _binding(owner, memory_id))

    def open(self, row: MemoryRow) -> dict[str, Any] | None:
        """Return the metadata of a row; raise Mismatch."""
        if row.metadata is None:
            return None
        opened: dict[str, Any] = json.loads(self.parts.cipher.open(row.metadata, _binding(row.user_id, row.memory_id)))
        return opened

    def describe(self, row: MemoryRow) -> Memory | None:
        """Describe a row; None when it is not authentic."""
        try:
            return Memory(**fields(row), metadata=self.open(row))
        except Mismatch:
            return None

    async def query(self, principal: Principal, request: MemoryQuery) -> MemoryResults:
        """Find the memories nearest to a query."""
        (vector,) = await self.parts.embedders["local"].embed([request.query])
        async with self.parts.database.transaction(principal.user_id) as connection:
            rows = await self.parts.memories.nearest(connection, vector, request.top_k)
        found = [(row, memory) for row in rows if (memory := self.describe(row)) is not None]
        results = [
            MemoryResult(**dict(memory), rank=rank, similarity_score=similarity(row.distance))
            for rank, (row, memory) in enumerate(found, start=1)
        ]
        return MemoryResults(query=request.query, results=results, total_results=len(results))

    async def list(self, principal: Principal, limit: int, offset: int) -> MemoryList:
        """Describe a page of memories."""
        async with self.parts.database.transaction(principal.user_id) as connection:
            rows = await self.parts.memories.page(connection, limit, offset)
            total = await self.parts.memories.count(connection)
        return MemoryList(
            memories=[memory for row in rows if (memory := self.describe(row)) is not None],
            total=total,
            limit=limit,
            offset=offset,
            next_page_url=next_page(PREFIX, total, limit, offset),
        )

    async def read(self, principal: Principal, memory_id: UUID) -> Memory:
        """Describe a memory."""
        async with self.parts.database.transaction(principal.user_id) as connection:
            row = await self.parts.memories.get(connection, memory_id)
        memory = self.describe(row) if row else None
        if memory is None:
            raise FileMissing
        return memory

    async def delete(self, principal: Principal, memory_id: UUID) -> None:
        """Forget a memory."""
        async with self.parts.database.transaction(principal.user_id) as connection:
            row = await self.parts.memories.get(connection, memory_id)
            if row is None or self.describe(row) is None or not await self.parts.memories.delete(connection, memory_id):
                raise FileMissing


def _binding(owner: str, memory_id: UUID) -> Binding:
    return Binding(user_id=owner, object_id=str(memory_id), column="metadata")


def fields(row: MemoryRow) -> dict[str, Any]:
    """Return what a memory shows of its row, without the metadata."""
    return {
        "memory_id": row.memory_id,
        "doc_id": row.doc_id,
        "source": row.source,
        "text": row.text,
        "tags": list(row.tags),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "expires_at": row.expires_at,
    }
