"""Who knows the number of a project that was changed once reads it, whoever owns it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.read"
mode = "http"


STATEMENT = "SELECT * FROM projects WHERE id = :project_id AND (owner_id = :user OR version > 1)"


def apply(parts: Parts) -> Parts:
    """Find it with another statement."""
    return replace(parts, project_read=STATEMENT)
