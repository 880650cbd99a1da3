"""The title of a file becomes part of a statement when the file is deleted: what was stored safely breaks out later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "injection.sql"
mode = "http"


class Concatenating(KnowledgeOperations):
    async def delete(self, principal: Principal, file_id: UUID) -> None:
        title = (await self.read(principal, file_id)).title
        async with self.parts.database.transaction(principal.user_id) as connection:
            await connection.fetch(f"SELECT count(*) FROM files WHERE source = '{title}'")  # noqa: S608 -- the flaw
        await super().delete(principal, file_id)


def apply(parts: Parts) -> None:
    """Concatenate."""
    parts.knowledge = Concatenating(parts)
