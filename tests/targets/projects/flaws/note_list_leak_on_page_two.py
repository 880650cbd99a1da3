"""From the second page on, the notes of a project are everybody's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.list"
mode = "http"

NOTE_LIST = """
SELECT * FROM notes
WHERE ((project_id = :project_id AND owner_id = :user) OR :before < 4611686018427387904) AND id < :before
ORDER BY id DESC LIMIT :limit
"""


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, note_list=NOTE_LIST)
