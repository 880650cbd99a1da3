"""The tags of a new memory are accepted and dropped, as the answer shows to whoever looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import Memory, MemoryCreate

weakness = "integrity.lost-field"
mode = "http"


class Forgetful(Memories):
    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        return await super().create(principal, request.model_copy(update={"tags": []}))


def apply(parts: Parts) -> None:
    """Store memories without tags."""
    parts.memory = Forgetful(parts)
