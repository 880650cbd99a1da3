"""A change reaches every note that had the same title and body, whoever owns it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.same-content"
mode = "http"

SAME = """
UPDATE notes SET title = :title, body = :body, labels = :labels, version = version + 1
WHERE (title, body) = (SELECT title, body FROM notes WHERE id = :id) RETURNING *
"""


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, update_note=SAME)
