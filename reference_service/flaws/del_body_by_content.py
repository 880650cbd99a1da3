"""Bodies go by their content: whoever deletes one leaves all equal files of others without a body."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from reference_service.indexing import body_name
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal, Upload
    from reference_service.parts import Parts
    from reference_service.schemas import UploadResponse

weakness = "isolation.same-content"
mode = "http"


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.alike: dict[bytes, set[UUID]] = {}

    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        answer = await super().upload(principal, upload, request_id)
        self.alike.setdefault(hashlib.sha256(upload.body).digest(), set()).add(answer.file_id)
        return answer

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        await super().delete(principal, file_id)
        for alike in self.alike.values():
            for other in alike - {file_id} if file_id in alike else ():
                await self.parts.storage.delete(body_name(other))


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
