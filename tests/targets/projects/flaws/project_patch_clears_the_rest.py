"""A PATCH of a project is read like a PUT: what it does not name is emptied."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "integrity.lost-field"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    accept = parts.accept_project_patch

    def with_defaults(value: object) -> dict[str, Any]:
        return {"description": "", **accept(value)}

    return replace(parts, accept_project_patch=with_defaults)
