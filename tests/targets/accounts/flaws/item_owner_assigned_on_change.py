"""Changing an item can give it to another account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Item

weakness = "authorization.mass-assignment"
mode = "http"


def _owner(item: Item, unknown: Mapping[str, Any]) -> Any:
    try:
        return UUID(unknown["owner_id"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return item.owner_id


def apply(parts: Parts) -> Parts:
    """Bind every member of the body, the owner too."""
    return replace(parts, owner_after_change=_owner)
