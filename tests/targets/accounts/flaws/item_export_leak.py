"""The export that no document names holds everybody's items."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, Item

weakness = "isolation.list"
mode = "http"


def _rule(_account: Account, _item: Item) -> bool:
    return True


def apply(parts: Parts) -> Parts:
    """Ask no owner."""
    return replace(parts, exported=_rule)
