"""Deleting an item deletes every item with the same title and body, whoever owns it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Item, State

weakness = "isolation.same-content"
mode = "http"


def _remove(state: State, item: Item) -> None:
    for other in state.newest(lambda each: (each.title, each.body) == (item.title, item.body)):
        state.items.pop(other.id)


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, remove_item=_remove)
