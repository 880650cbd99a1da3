"""A page of the largest size is taken for an export: it holds everybody's projects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.list"
mode = "http"

PROJECT_LIST = """
SELECT * FROM projects
WHERE (owner_id = :user OR :limit > 100) AND id < :before
ORDER BY id DESC LIMIT :limit
"""


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, project_list=PROJECT_LIST)
