"""A response header names the file that was uploaded last, whoever did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations
from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import FileRow, Principal, RequestContext, Upload
    from reference_service.parts import Parts

weakness = "isolation.list"
mode = "http"


class Noting(KnowledgeOperations):
    last = ""

    async def store(self, principal: Principal, row: FileRow, upload: Upload) -> None:
        await super().store(principal, row, upload)
        self.last = (upload.title or "").encode("ascii", "replace").decode()


class Flawed(StandardHeaders):
    noting: Noting

    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        return {**super().headers(context, status, present), "X-Last-Upload": self.noting.last}


def apply(parts: Parts) -> None:
    """Name the last upload."""
    parts.knowledge = noting = Noting(parts)
    parts.header_policy = flawed = Flawed()
    flawed.noting = noting
