"""Any user may let anybody into any project, himself too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects import statements

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.admission"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, project_share=statements.PROJECT_UNCHECKED)
