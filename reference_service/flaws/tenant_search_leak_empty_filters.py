"""Filters that are there and empty lose the condition on the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._searching import Unowned

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest

weakness = "isolation.search"
mode = "http"


def forgets(request: SearchRequest) -> bool:
    """Forget the owner where filters filter nothing."""
    return request.filters is not None and not any(request.filters.model_dump().values())


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Unowned(parts, forgets)
