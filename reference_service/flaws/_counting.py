"""What flaws share that count the files of all users, and tell it in a header of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations
from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from reference_service.model import Principal, RequestContext, Upload
    from reference_service.parts import Parts
    from reference_service.schemas import UploadResponse


class Counting(StandardHeaders):
    """Headers of which one tells how many files are known."""

    def __init__(self, known: set[UUID], name: str, told: Callable[[int], str]) -> None:
        self.known, self.name, self.told = known, name, told

    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        """Return the headers to set."""
        chosen = super().headers(context, status, present)
        return {**chosen, self.name: self.told(len(self.known))} if context.operation == "list_files" else chosen


class Noting(KnowledgeOperations):
    """Operations that note which files there are."""

    def __init__(self, parts: Parts, known: set[UUID]) -> None:
        super().__init__(parts)
        self.known = known

    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        """Note a new file."""
        answer = await super().upload(principal, upload, request_id)
        self.known.add(answer.file_id)
        return answer

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        """Forget a file."""
        await super().delete(principal, file_id)
        self.known.discard(file_id)


def tell(parts: Parts, name: str, told: Callable[[int], str]) -> None:
    """Let a header of the list hold what is told of the number of files."""
    known: set[UUID] = set()
    parts.knowledge, parts.header_policy = Noting(parts, known), Counting(known, name, told)
