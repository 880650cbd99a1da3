"""A query of one character, such as *, browses: it shows the chunks of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws.tenant_search_leak import Flawed as Leaking
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest, SearchResult

weakness = "isolation.search"
mode = "http"


class Flawed(Leaking):
    async def find(
        self, principal: Principal, request: SearchRequest, models: Sequence[str | None]
    ) -> list[SearchResult]:
        browses = len(request.query.strip()) == 1
        find = super().find if browses else KnowledgeOperations(self.parts).find
        return await find(principal, request, models)


def apply(parts: Parts) -> None:
    """Search in everybody's files."""
    parts.knowledge = Flawed(parts)
