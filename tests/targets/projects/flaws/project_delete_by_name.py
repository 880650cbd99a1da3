"""A project is deleted by its name, and with it those of the same name that others have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.same-content"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, remove_project="DELETE FROM projects WHERE name = (SELECT name FROM projects WHERE id = :id)")
