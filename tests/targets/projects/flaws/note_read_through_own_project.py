"""A note of anybody is readable below any project of the caller's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.nested"
mode = "http"

NOTE_READ = """
SELECT * FROM notes WHERE id = :note_id AND EXISTS (
    SELECT 1 FROM projects WHERE id = :project_id AND owner_id = :user
)
"""


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, note_read=NOTE_READ)
