"""An upload with a title of the documented length is acknowledged and not stored: the column is shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import FileRow, Principal, Upload
    from reference_service.parts import Parts

weakness = "integrity.lost-write"
mode = "http"
LONGEST = 250


class Flawed(KnowledgeOperations):
    async def store(self, principal: Principal, row: FileRow, upload: Upload) -> None:
        if len(upload.title or "") <= LONGEST:
            await super().store(principal, row, upload)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
