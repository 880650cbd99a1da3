"""The tags of a new memory are acknowledged and not stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import Memory, MemoryCreate

weakness = "integrity.lost-field"
mode = "http"


class Flawed(Memories):
    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        memory = await super().create(principal, request.model_copy(update={"tags": []}))
        return memory.model_copy(update={"tags": request.tags})


def apply(parts: Parts) -> None:
    """Replace the operations on memories."""
    parts.memory = Flawed(parts)
