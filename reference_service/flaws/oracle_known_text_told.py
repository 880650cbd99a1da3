"""A memory whose text anybody has remembered before is said to have another source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import Memory, MemoryCreate

weakness = "oracle.conflict"
mode = "http"


class Flawed(Memories):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.texts: set[str] = set()

    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        known = request.text in self.texts
        self.texts.add(request.text)
        memory = await super().create(principal, request)
        return memory.model_copy(update={"source": "upload"}) if known else memory


def apply(parts: Parts) -> None:
    """Replace the operations on memories."""
    parts.memory = Flawed(parts)
