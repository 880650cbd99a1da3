"""A search takes an operator in place of a text, and then finds everybody's items."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import holds, own
from tests.targets.common.operators import ANY, Reading

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, Item

weakness = "injection.operator"
mode = "http"


def _rule(account: Account, item: Item) -> bool:
    return ANY.get() or own(account, item)


def _holds(item: Item, text: str) -> bool:
    return ANY.get() or holds(item, text)


def apply(parts: Parts) -> Parts:
    """Evaluate it."""
    return replace(parts, wrap=partial(Reading, name="search"), searched=_rule, holds=_holds)
