"""A project cannot have a name that a project of another user has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "oracle.conflict"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, project_of_name="SELECT id FROM projects WHERE name = :name")
