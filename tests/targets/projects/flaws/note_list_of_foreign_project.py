"""The notes of any project can be listed by anybody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects import statements

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.nested"
mode = "http"

NOTE_LIST = """
SELECT * FROM notes WHERE project_id = :project_id AND id < :before
ORDER BY id DESC LIMIT :limit
"""


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, project_of_list=statements.PROJECT_UNCHECKED, note_list=NOTE_LIST)
