"""A link of the list of files says where the last page is, counting those of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations
from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from reference_service.model import Principal, RequestContext, Upload
    from reference_service.parts import Parts
    from reference_service.schemas import UploadResponse

weakness = "isolation.count"
mode = "http"


class Counting(StandardHeaders):
    def __init__(self, known: set[UUID]) -> None:
        self.known = known

    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        chosen = super().headers(context, status, present)
        link = f'</api/v1/knowledge/files?offset={max(len(self.known) - 1, 0)}>; rel="last"'
        return {**chosen, "Link": link} if context.operation == "list_files" else chosen


class Noting(KnowledgeOperations):
    def __init__(self, parts: Parts, known: set[UUID]) -> None:
        super().__init__(parts)
        self.known = known

    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        answer = await super().upload(principal, upload, request_id)
        self.known.add(answer.file_id)
        return answer

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        await super().delete(principal, file_id)
        self.known.discard(file_id)


def apply(parts: Parts) -> None:
    """Count what there is."""
    known: set[UUID] = set()
    parts.knowledge, parts.header_policy = Noting(parts, known), Counting(known)
