"""A changed note is answered as changed and stays as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "integrity.lost-write"
mode = "http"

UPDATE_NOTE = """
SELECT id, owner_id, project_id, :title AS title, :body AS body, :labels AS labels, version + 1 AS version
FROM notes WHERE id = :id
"""


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, update_note=UPDATE_NOTE)
