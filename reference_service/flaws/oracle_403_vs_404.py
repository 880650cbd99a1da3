"""Another user's file answers 403, an unknown one 404."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing, ServiceError
from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription, IndexRequest, IndexResponse

weakness = "oracle.status"
mode = "http"


class Forbidden(ServiceError):
    status = 403
    code = "FORBIDDEN"
    default_detail = "The file belongs to somebody else."
    default_suggestion = "Ask its owner."


class Telling(KnowledgeOperations):
    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        try:
            return await super().read(principal, file_id)
        except FileMissing:
            await self.tell(file_id)
            raise

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        try:
            await super().delete(principal, file_id)
        except FileMissing:
            await self.tell(file_id)
            raise

    async def index(self, principal: Principal, request: IndexRequest) -> IndexResponse:
        try:
            return await super().index(principal, request)
        except FileMissing:
            await self.tell(request.file_id)
            raise

    async def tell(self, file_id: UUID) -> None:
        if await owner_of(self.parts, file_id) is not None:
            raise Forbidden


def apply(parts: Parts) -> None:
    """Look whether somebody else has the file."""
    parts.knowledge = Telling(parts)
