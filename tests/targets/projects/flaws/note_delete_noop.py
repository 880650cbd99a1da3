"""Deleting a note answers 204 and does nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "integrity.delete"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, remove_note="SELECT :id")
