"""Content that another user holds is refused with 409."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from reference_service.errors import ServiceError
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal, Upload
    from reference_service.parts import Parts
    from reference_service.schemas import UploadResponse

weakness = "oracle.conflict"
mode = "http"


class Duplicate(ServiceError):
    status = 409
    code = "DUPLICATE"
    default_detail = "This content was uploaded already."
    default_suggestion = "Use the existing file."


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.owners: dict[bytes, str] = {}

    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        digest = hashlib.sha256(upload.body).digest()
        if self.owners.setdefault(digest, principal.user_id) != principal.user_id:
            raise Duplicate
        return await super().upload(principal, upload, request_id)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
