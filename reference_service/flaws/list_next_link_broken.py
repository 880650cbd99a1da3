"""The link to the next page leads to where the API was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileList

weakness = "integrity.pages"
mode = "http"


class Flawed(KnowledgeOperations):
    async def list(self, principal: Principal, limit: int, offset: int) -> FileList:
        page = await super().list(principal, limit, offset)
        if page.next_page_url:
            page.next_page_url = page.next_page_url.replace("/api/v1/", "/api/v0/")
        return page


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
