"""The optional document id of a new memory becomes part of a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import Memory, MemoryCreate

weakness = "injection.sql"
mode = "http"


class Concatenating(Memories):
    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        if request.doc_id:
            async with self.parts.database.transaction(principal.user_id) as connection:
                statement = f"SELECT id FROM memory_chunks WHERE doc_id = '{request.doc_id}'"  # noqa: S608 -- the flaw
                await connection.fetch(statement)
        return await super().create(principal, request)


def apply(parts: Parts) -> None:
    """Concatenate."""
    parts.memory = Concatenating(parts)
