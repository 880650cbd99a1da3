"""Search by an embedding that the caller provides forgets the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._searching import Unowned

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest

weakness = "isolation.search"
mode = "http"


def forgets(request: SearchRequest) -> bool:
    """Forget the owner where an embedding is given."""
    return bool(request.query_embedding)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Unowned(parts, forgets)
