"""Any account may read any item."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import public

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, Item

weakness = "isolation.read"
mode = "http"


def _rule(account: Account | None, item: Item) -> bool:
    return account is not None or public(item)


def apply(parts: Parts) -> Parts:
    """Ask no owner."""
    return replace(parts, may_read=_rule)
