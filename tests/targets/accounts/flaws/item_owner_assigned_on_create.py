"""A new item belongs to whomever the body names as owner."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account

weakness = "authorization.mass-assignment"
mode = "http"


def _owner(account: Account, unknown: Mapping[str, Any]) -> Any:
    try:
        return UUID(unknown["owner_id"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return account.id


def apply(parts: Parts) -> Parts:
    """Bind every member of the body, the owner too."""
    return replace(parts, owner_of_new=_owner)
