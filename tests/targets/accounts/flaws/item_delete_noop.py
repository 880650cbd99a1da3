"""Deleting an item answers 204 and does nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Item, State

weakness = "integrity.delete"
mode = "http"


def _keep(_state: State, _item: Item) -> None:
    return


def apply(parts: Parts) -> Parts:
    """Delete nothing."""
    return replace(parts, remove_item=_keep)
