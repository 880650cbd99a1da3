"""Of uploads that overlap, only the first is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import FileRow, Principal, Upload
    from reference_service.parts import Parts

weakness = "integrity.lost-write"
mode = "many"


class Flawed(KnowledgeOperations):
    busy = False

    async def store(self, principal: Principal, row: FileRow, upload: Upload) -> None:
        if self.busy:
            return
        self.busy = True
        try:
            await super().store(principal, row, upload)
        finally:
            self.busy = False


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
