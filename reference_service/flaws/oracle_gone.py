"""A file that somebody else deleted answers 410, an unknown one 404."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing, ServiceError
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription

weakness = "oracle.status"
mode = "http"


class Gone(ServiceError):
    status = 410
    code = "GONE"
    default_detail = "The object was deleted."
    default_suggestion = "Upload it again."


class Telling(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.deleted: set[UUID] = set()

    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        try:
            return await super().read(principal, file_id)
        except FileMissing:
            if file_id in self.deleted:
                raise Gone from None
            raise

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        await super().delete(principal, file_id)
        self.deleted.add(file_id)


def apply(parts: Parts) -> None:
    """Remember what was deleted."""
    parts.knowledge = Telling(parts)
