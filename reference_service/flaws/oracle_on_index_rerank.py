"""Only where a file is indexed with another rank, another user's file is answered otherwise than none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing, ValidationFailed
from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import IndexRequest, IndexResponse

weakness = "oracle.status"
mode = "http"


class Telling(KnowledgeOperations):
    async def index(self, principal: Principal, request: IndexRequest) -> IndexResponse:
        try:
            return await super().index(principal, request)
        except FileMissing:
            if request.rerank and await owner_of(self.parts, request.file_id) is not None:
                raise ValidationFailed("rerank: not possible for this file") from None
            raise


def apply(parts: Parts) -> None:
    """Look whether somebody else has the file."""
    parts.knowledge = Telling(parts)
