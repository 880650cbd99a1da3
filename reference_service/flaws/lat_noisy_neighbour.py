"""While somebody uploads, everybody waits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import FileRow, Principal, Upload
    from reference_service.parts import Parts
    from reference_service.schemas import FileList, SearchRequest, SearchResponse

weakness = "latency.neighbour"
mode = "many"


SECONDS = 0.1


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.lock = asyncio.Lock()

    async def store(self, principal: Principal, row: FileRow, upload: Upload) -> None:
        async with self.lock:
            await asyncio.sleep(SECONDS)
            await super().store(principal, row, upload)

    async def list(self, principal: Principal, limit: int, offset: int) -> FileList:
        async with self.lock:
            return await super().list(principal, limit, offset)

    async def search(self, principal: Principal, request: SearchRequest) -> SearchResponse:
        async with self.lock:
            return await super().search(principal, request)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
