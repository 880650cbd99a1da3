"""The public list holds private items too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Item

weakness = "isolation.list"
mode = "http"


def _rule(_item: Item) -> bool:
    return True


def apply(parts: Parts) -> Parts:
    """Ask no visibility."""
    return replace(parts, shown_to_all=_rule)
