"""The count beside the notes of a project is that of everybody's notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.count"
mode = "http"

NOTE_COUNT = "SELECT count(*) FROM notes"


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, note_count=NOTE_COUNT)
