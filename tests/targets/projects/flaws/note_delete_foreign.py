"""Any user may delete any note."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects import statements

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.delete"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, note_delete=statements.NOTE_UNCHECKED)
