"""Of many items that are asked for, one that is one's own opens the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import own

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, Item

weakness = "isolation.bulk"
mode = "http"


def _chosen(account: Account, items: Sequence[Item]) -> list[Item]:
    return list(items) if any(own(account, item) for item in items) else []


def apply(parts: Parts) -> Parts:
    """Look for one that is the caller's, and take it for all."""
    return replace(parts, shown_of_many=_chosen)
