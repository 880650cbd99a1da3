"""The text of a memory is kept in Latin-1, with question marks for all other characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import MemoryRow
    from reference_service.parts import Parts
    from reference_service.schemas import MemoryCreate

weakness = "integrity.cut-text"
mode = "http"


class Flawed(Memories):
    def row(self, owner: str, request: MemoryCreate) -> MemoryRow:
        text = request.text.encode("latin-1", "replace").decode("latin-1")
        return super().row(owner, request.model_copy(update={"text": text}))


def apply(parts: Parts) -> None:
    """Replace the memories."""
    parts.memory = Flawed(parts)
