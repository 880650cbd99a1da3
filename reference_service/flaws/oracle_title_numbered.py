"""A title that somebody has already, whoever that is, gets a number."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal, Upload
    from reference_service.parts import Parts
    from reference_service.schemas import UploadResponse

weakness = "oracle.conflict"
mode = "http"


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.titles: Counter[str] = Counter()

    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        title = upload.title or upload.file_name
        self.titles[title] += 1
        numbered = title if self.titles[title] == 1 else f"{title} ({self.titles[title]})"
        return await super().upload(principal, replace(upload, title=numbered), request_id)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
