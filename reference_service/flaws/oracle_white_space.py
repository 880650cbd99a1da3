"""The 404 of another user's file ends with a line break, that of an unknown one does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.flaws._shared import owner_of, rewriting
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.flaws._shared import Answer
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription

weakness = "oracle.body"
mode = "http"
MARK = "x-mark"


class Telling(KnowledgeOperations):
    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        try:
            return await super().read(principal, file_id)
        except FileMissing:
            if await owner_of(self.parts, file_id) is not None:
                raise FileMissing(headers={MARK: "1"}) from None
            raise


def change(answer: Answer) -> None:
    """Render one kind of error by other means."""
    if MARK in answer.headers:
        del answer.headers[MARK]
        answer.body += b"\n"


def apply(parts: Parts) -> None:
    """Look whether somebody else has the file."""
    parts.knowledge = Telling(parts)
    parts.middleware = (*parts.middleware, rewriting(change))
