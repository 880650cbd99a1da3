"""The list of files has a header X-Total-Count, which counts those of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._counting import tell

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "isolation.count"
mode = "http"


def apply(parts: Parts) -> None:
    """Count what there is."""
    tell(parts, "X-Total-Count", str)
