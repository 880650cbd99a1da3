"""Projects lack their version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.targets.projects.parts import show_project

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import Row

weakness = "contract.schema"
mode = "http"


def _show(row: Row) -> dict[str, Any]:
    return {name: value for name, value in show_project(row).items() if name != "version"}


def apply(parts: Parts) -> Parts:
    """Send what the document does not describe."""
    return replace(parts, show_project=_show)
