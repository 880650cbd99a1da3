"""Names of projects are unique among all, by design and as the document says, like names of users or repositories."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

mode = "benign"
touches = ["oracle", "isolation", "integrity"]
scenario = {"resource": {"project": {"unique": "everybody"}}}


def apply(parts: Parts) -> Parts:
    """Return the parts with another look for a name."""
    return replace(parts, project_of_name="SELECT id FROM projects WHERE :user > 0 AND name = :name")
