"""A deletion takes every file with the same content along, whoever owns it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

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
        self.contents: dict[UUID, tuple[str, bytes]] = {}

    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        answer = await super().upload(principal, upload, request_id)
        self.contents[answer.file_id] = (principal.user_id, hashlib.sha256(upload.body).digest())
        return answer

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        await super().delete(principal, file_id)
        _, content = self.contents.pop(file_id, ("", b""))
        for other, (owner, same) in list(self.contents.items()):
            if same == content:
                del self.contents[other]
                async with self.parts.database.transaction(owner) as connection:
                    await self.parts.files.delete(connection, other)


def apply(parts: Parts) -> None:
    """Delete by a digest that lacks the owner."""
    parts.knowledge = Flawed(parts)
