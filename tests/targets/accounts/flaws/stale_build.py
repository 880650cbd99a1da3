"""An older build than the one that was released is what answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "deployment.build"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Say another commit."""
    return replace(parts, commit="01d0b5e")
