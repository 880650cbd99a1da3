"""While a file is looked at, its uploader is kept in one place for all uploads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from reference_service.model import Upload
    from reference_service.parts import Parts
    from reference_service.schemas import UploadResponse

weakness = "isolation.concurrency"
mode = "many"


class Racy(KnowledgeOperations):
    owner = ""

    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        self.owner = principal.user_id
        await asyncio.to_thread(self.parts.media_types.judge, upload)
        return await super().upload(Principal(user_id=self.owner), upload, request_id)


def apply(parts: Parts) -> None:
    """Share what belongs to one request."""
    parts.knowledge = Racy(parts)
