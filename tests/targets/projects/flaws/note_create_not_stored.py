"""A new note is answered with 201 and stored nowhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "integrity.lost-write"
mode = "http"

INSERT_NOTE = """
SELECT coalesce(max(id), 0) + 1 AS id, :owner_id AS owner_id, :project_id AS project_id, :title AS title,
    :body AS body, :labels AS labels, 1 AS version
FROM notes
"""


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, insert_note=INSERT_NOTE)
