"""Any item may be read, even without a session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, Item

weakness = "isolation.read"
mode = "http"


def _rule(_account: Account | None, _item: Item) -> bool:
    return True


def apply(parts: Parts) -> Parts:
    """Ask no owner."""
    return replace(parts, may_read=_rule)
