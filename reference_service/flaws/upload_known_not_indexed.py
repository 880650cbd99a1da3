"""Content that somebody has indexed already is not indexed again, so that its second owner never finds it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.indexing import FileIndexer

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import FileRow
    from reference_service.parts import Parts

weakness = "isolation.same-content"
mode = "http"


class Flawed(FileIndexer):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.known: dict[bytes, UUID] = {}

    async def load(self, user_id: str, file_id: UUID) -> tuple[FileRow, bytes]:
        row, body = await super().load(user_id, file_id)
        if self.known.setdefault(hashlib.sha256(body).digest(), file_id) != file_id:
            raise FileMissing
        return row, body


def apply(parts: Parts) -> None:
    """Look for duplicates without the owner."""
    parts.indexer = Flawed(parts)
