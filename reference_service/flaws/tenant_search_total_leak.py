"""The total of a search counts what others have that matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import everybody
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest, SearchResponse

weakness = "isolation.count"
mode = "http"


class Flawed(KnowledgeOperations):
    async def search(self, principal: Principal, request: SearchRequest) -> SearchResponse:
        response = await super().search(principal, request)
        others = [user for user in await everybody(self.parts) if user != principal.user_id]
        found = [len(await self.find(Principal(user_id=user), request, self.models(request))) for user in others]
        return response.model_copy(update={"total_results": response.total_results + sum(found)})


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
