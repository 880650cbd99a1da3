"""Search ignores the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._searching import Unowned

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "isolation.search"
mode = "http"


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Unowned(parts, lambda _request: True)
