"""A parameter `sort`, which no document names, becomes the order of a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._querying import concatenate

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "injection.sql"
mode = "http"


def apply(parts: Parts) -> None:
    """Concatenate."""
    concatenate(parts, "sort", "SELECT id FROM memory_chunks ORDER BY")
