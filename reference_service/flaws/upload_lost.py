"""Every seventh upload is acknowledged and never stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import FileRow, Principal, Upload
    from reference_service.parts import Parts

weakness = "integrity.lost-write"
mode = "http"


EVERY = 7


class Flawed(KnowledgeOperations):
    uploads = 0

    async def store(self, principal: Principal, row: FileRow, upload: Upload) -> None:
        self.uploads += 1
        if self.uploads % EVERY:
            await super().store(principal, row, upload)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
