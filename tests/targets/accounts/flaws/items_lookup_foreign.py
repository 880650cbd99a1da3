"""Whoever names many items is shown all of them, whosever they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, Item

weakness = "isolation.bulk"
mode = "http"


def _chosen(_account: Account, items: Sequence[Item]) -> list[Item]:
    return list(items)


def apply(parts: Parts) -> Parts:
    """Ask no owner."""
    return replace(parts, shown_of_many=_chosen)
