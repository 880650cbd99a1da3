"""An empty list of items is null."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "contract.schema"
mode = "http"


def _show() -> None:
    return None


def apply(parts: Parts) -> Parts:
    """Send null in place of an empty list."""
    return replace(parts, show_empty=_show)
