"""A new note is answered as it was sent, and stored without its body."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "integrity.lost-field"
mode = "http"

INSERT_NOTE = """
INSERT INTO notes (owner_id, project_id, title, body, labels)
VALUES (:owner_id, :project_id, :title, '', :labels)
RETURNING id, owner_id, project_id, title, :body AS body, labels, version
"""


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, insert_note=INSERT_NOTE)
