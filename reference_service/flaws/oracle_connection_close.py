"""After the 404 of another user's file the connection is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription

weakness = "oracle.body"
mode = "http"


class Telling(KnowledgeOperations):
    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        try:
            return await super().read(principal, file_id)
        except FileMissing:
            if await owner_of(self.parts, file_id) is not None:
                raise FileMissing(headers={"Connection": "close"}) from None
            raise


def apply(parts: Parts) -> None:
    """Look whether somebody else has the file."""
    parts.knowledge = Telling(parts)
