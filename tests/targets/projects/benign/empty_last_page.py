"""A full page has a next one, which may be empty and then says that nothing follows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

mode = "benign"
touches = ["isolation", "integrity", "contract"]


def full(found: int, size: int) -> bool:
    """Say that there may be another page where this one is full."""
    return found >= size


def apply(parts: Parts) -> Parts:
    """Return the parts with another rule for the last page."""
    return replace(parts, may_follow=full)
