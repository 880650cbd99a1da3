"""Of many items that are to be deleted, only the first one must be one's own."""

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
    return list(items) if items and own(account, items[0]) else []


def apply(parts: Parts) -> Parts:
    """Look at the first one, and take it for all."""
    return replace(parts, deleted_of_many=_chosen)
