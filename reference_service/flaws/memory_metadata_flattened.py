"""Of the metadata of a memory only what is plain is kept: objects and lists in it are dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.memory import Memories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Sealed
    from reference_service.parts import Parts

weakness = "integrity.lost-field"
mode = "http"


class Flawed(Memories):
    def seal(self, metadata: dict[str, Any] | None, owner: str, memory_id: UUID) -> Sealed | None:
        if metadata is not None:
            metadata = {name: value for name, value in metadata.items() if not isinstance(value, dict | list)}
        return super().seal(metadata, owner, memory_id)


def apply(parts: Parts) -> None:
    """Replace the memories."""
    parts.memory = Flawed(parts)
