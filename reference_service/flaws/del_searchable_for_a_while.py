"""A deleted memory is still found by a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import MemoryQuery, MemoryResults

weakness = "integrity.delete-search"
mode = "http"


class Late(Memories):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.index: dict[tuple[str, str], MemoryResults] = {}

    async def query(self, principal: Principal, request: MemoryQuery) -> MemoryResults:
        key = principal.user_id, request.query
        found = await super().query(principal, request)
        kept = self.index.get(key)
        if kept is not None and len(kept.results) > len(found.results):
            return kept
        self.index[key] = found
        return found


def apply(parts: Parts) -> None:
    """Keep what was found."""
    parts.memory = Late(parts)
