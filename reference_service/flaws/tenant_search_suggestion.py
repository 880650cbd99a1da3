"""A search that finds nothing of the caller's shows the nearest text of anybody's, without its id."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from reference_service.flaws._shared import everybody
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest, SearchResult

weakness = "isolation.search"
mode = "http"
NOBODY = UUID(int=0)


class Flawed(KnowledgeOperations):
    async def find(
        self, principal: Principal, request: SearchRequest, models: Sequence[str | None]
    ) -> list[SearchResult]:
        found = await super().find(principal, request, models)
        if found:
            return found
        for user in await everybody(self.parts):
            found += await super().find(Principal(user_id=user), request, models)
        nearest = sorted(found, key=lambda item: -item.similarity_score)[:1]
        return [item.model_copy(update={"file_id": NOBODY, "chunk_id": NOBODY}) for item in nearest]


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
