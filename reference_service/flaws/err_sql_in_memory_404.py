"""The 404 of a memory shows the statement that found nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.memory import Memories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import Memory

weakness = "errors.sql"
mode = "http"
STATEMENT = "No rows: SELECT id, text FROM memory_chunks WHERE id = '{}'"


class Flawed(Memories):
    async def read(self, principal: Principal, memory_id: UUID) -> Memory:
        try:
            return await super().read(principal, memory_id)
        except FileMissing:
            raise FileMissing(STATEMENT.format(memory_id)) from None


def apply(parts: Parts) -> None:
    """Show the statement."""
    parts.memory = Flawed(parts)
