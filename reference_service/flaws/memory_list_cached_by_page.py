"""Pages of memories are kept for a moment by their limit and offset, whoever asked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import MemoryList

weakness = "isolation.cache"
mode = "http"
SECONDS = 0.3


class Flawed(Memories):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.kept: dict[tuple[int, int], tuple[float, MemoryList]] = {}

    async def list(self, principal: Principal, limit: int, offset: int) -> MemoryList:
        until, page = self.kept.get((limit, offset), (0.0, None))
        if page is None or until < time.monotonic():
            page = await super().list(principal, limit, offset)
            self.kept[limit, offset] = time.monotonic() + SECONDS, page
        return page


def apply(parts: Parts) -> None:
    """Replace the operations on memories."""
    parts.memory = Flawed(parts)
