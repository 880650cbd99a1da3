"""Projects show where they are stored."""

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
    return {**show_project(row), "storage_path": f"/var/lib/projects/{row['owner_id']}/{row['id']}.db"}


def apply(parts: Parts) -> Parts:
    """Send what the document does not describe."""
    return replace(parts, show_project=_show)
