"""The title of an upload becomes part of a statement whose result and errors nobody sees: only time tells."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import asyncpg

from reference_service.errors import DependencyDown
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal, Upload
    from reference_service.parts import Parts
    from reference_service.schemas import UploadResponse

weakness = "injection.sql"
mode = "many"


class Concatenating(KnowledgeOperations):
    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        with suppress(asyncpg.PostgresError, DependencyDown):
            async with self.parts.database.transaction(principal.user_id) as connection:
                await connection.fetch(f"SELECT 1 WHERE '{upload.title}' = 'none'")
        return await super().upload(principal, upload, request_id)


def apply(parts: Parts) -> None:
    """Concatenate."""
    parts.knowledge = Concatenating(parts)
