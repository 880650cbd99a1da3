"""Search without metadata takes a shorter query, which forgets the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._searching import Unowned

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest

weakness = "isolation.search"
mode = "http"


def forgets(request: SearchRequest) -> bool:
    """Forget the owner where no metadata is wanted."""
    return not request.include_metadata


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Unowned(parts, forgets)
