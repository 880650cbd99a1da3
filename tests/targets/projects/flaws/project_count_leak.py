"""The number of projects is everybody's, though only the caller's are listed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.count"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, project_count="SELECT count(*) FROM projects")
