"""Who uploads the very same content a second time is answered 409; what others have is nobody's business."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, ClassVar

from reference_service.benign._shared import documenting, operations
from reference_service.errors import ServiceError
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal, Upload
    from reference_service.parts import Parts
    from reference_service.schemas import UploadResponse

mode = "benign"


class Duplicate(ServiceError):
    status: ClassVar[int] = 409
    code = "DUPLICATE"
    default_detail = "You have uploaded this file already."
    default_suggestion = "Use the file that you have, or delete it first."


class Unique(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.known: dict[tuple[str, bytes], UUID] = {}

    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        key = (principal.user_id, hashlib.sha256(upload.body).digest())
        if key in self.known:
            raise Duplicate
        stored = await super().upload(principal, upload, request_id)
        self.known[key] = stored.file_id
        return stored

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        await super().delete(principal, file_id)
        self.known = {key: kept for key, kept in self.known.items() if kept != file_id}


def document(known: dict[str, Any]) -> None:
    """Say that an upload may be answered so."""
    for operation in operations(known):
        if operation["operationId"] == "upload_file":
            conflict = {**operation["responses"]["400"], "description": Duplicate.default_detail}
            operation["responses"]["409"] = conflict


def apply(parts: Parts) -> None:
    """Store differently, and say so."""
    parts.knowledge = Unique(parts)
    parts.middleware = (*parts.middleware, documenting(document))
