"""A note without labels has null in place of an empty list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.targets.projects.parts import show_note

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import Row

weakness = "contract.schema"
mode = "http"


def _show(row: Row) -> dict[str, Any]:
    return {**show_note(row), "labels": show_note(row)["labels"] or None}


def apply(parts: Parts) -> Parts:
    """Send what the document does not describe."""
    return replace(parts, show_note=_show)
