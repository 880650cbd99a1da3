"""Whoever has no project is shown everybody's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.list"
mode = "http"

STATEMENT = """
SELECT * FROM projects
WHERE id < :before AND (owner_id = :user OR NOT EXISTS (SELECT 1 FROM projects WHERE owner_id = :user))
ORDER BY id DESC LIMIT :limit
"""


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, project_list=STATEMENT)
