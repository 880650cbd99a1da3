"""The list of projects holds everybody's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.list"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, project_list="SELECT * FROM projects WHERE id < :before ORDER BY id DESC LIMIT :limit")
