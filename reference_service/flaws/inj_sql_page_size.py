"""The size of a page becomes part of a statement before it is read as a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._querying import concatenate

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "injection.sql"
mode = "http"


def apply(parts: Parts) -> None:
    """Concatenate."""
    concatenate(parts, "limit", "SELECT file_id FROM files LIMIT")
