"""A long name of a file breaks the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal, Upload
    from reference_service.parts import Parts
    from reference_service.schemas import UploadResponse

weakness = "validation.unicode"
mode = "http"
MOST = 200


class Flawed(KnowledgeOperations):
    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        name = upload.file_name
        if len(name) > MOST:
            raise RuntimeError(name)
        return await super().upload(principal, upload, request_id)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
