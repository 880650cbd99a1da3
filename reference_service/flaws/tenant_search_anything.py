"""A query of one character, such as *, browses: it shows the chunks of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._searching import Unowned

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import SearchRequest

weakness = "isolation.search"
mode = "http"


def forgets(request: SearchRequest) -> bool:
    """Forget the owner where the query browses."""
    return len(request.query.strip()) == 1


def apply(parts: Parts) -> None:
    """Search in everybody's files."""
    parts.knowledge = Unowned(parts, forgets)
