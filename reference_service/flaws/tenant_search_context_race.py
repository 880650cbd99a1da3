"""The caller of a search is kept in one place while the query is embedded."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest, SearchResult

weakness = "isolation.concurrency"
mode = "many"


class Flawed(KnowledgeOperations):
    caller: Principal

    async def find(
        self, principal: Principal, request: SearchRequest, models: Sequence[str | None]
    ) -> list[SearchResult]:
        self.caller = principal
        await asyncio.sleep(0)
        return await super().find(self.caller, request, models)


def apply(parts: Parts) -> None:
    """Keep the caller in one place."""
    parts.knowledge = Flawed(parts)
