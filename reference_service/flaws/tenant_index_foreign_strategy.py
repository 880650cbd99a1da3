"""Indexing with another strategy than the usual one does not look at the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import owner_of
from reference_service.indexing import FileIndexer

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import IndexOptions, IndexOutcome
    from reference_service.parts import Parts

weakness = "isolation.action"
mode = "http"


class Flawed(FileIndexer):
    async def index(self, user_id: str, file_id: UUID, options: IndexOptions) -> IndexOutcome:
        owner = await owner_of(self.parts, file_id) if options.chunk_strategy != "smart" else None
        return await super().index(owner or user_id, file_id, options)


def apply(parts: Parts) -> None:
    """Index in the context of whoever owns the file."""
    parts.indexer = Flawed(parts)
