"""The name of an uploaded file becomes part of a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal, Upload
    from reference_service.parts import Parts
    from reference_service.schemas import UploadResponse

weakness = "injection.sql"
mode = "http"


class Concatenating(KnowledgeOperations):
    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        async with self.parts.database.transaction(principal.user_id) as connection:
            await connection.fetch(f"SELECT file_id FROM files WHERE source = '{upload.file_name}'")  # noqa: S608 -- the flaw
        return await super().upload(principal, upload, request_id)


def apply(parts: Parts) -> None:
    """Concatenate."""
    parts.knowledge = Concatenating(parts)
