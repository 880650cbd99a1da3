"""An indexing that ends after a deletion brings the file back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reference_service.indexing import FileIndexer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import Chunk, FileRow, IndexOptions
    from reference_service.parts import Parts

weakness = "integrity.resurrect"
mode = "many"


SECONDS = 0.05


class Reviving(FileIndexer):
    async def store(
        self,
        user_id: str,
        row: FileRow,
        chunks: Sequence[Chunk],
        vectors: Sequence[Sequence[float]],
        options: IndexOptions,
    ) -> None:
        await asyncio.sleep(SECONDS)
        async with self.parts.database.transaction(user_id) as connection:
            if await self.parts.files.get(connection, row.file_id) is None:
                await self.parts.files.insert(connection, row)
        await super().store(user_id, row, chunks, vectors, options)


def apply(parts: Parts) -> None:
    """Store without looking whether the file is still there."""
    parts.indexer = Reviving(parts)
