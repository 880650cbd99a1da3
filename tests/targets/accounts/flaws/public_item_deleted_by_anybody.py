"""What everybody may read may be deleted by everybody, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, Item

weakness = "isolation.delete"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Ask no owner of what is public."""

    def rule(account: Account, item: Item) -> bool:
        return parts.may_delete(account, item) or item.visibility == "public"

    return replace(parts, may_delete=rule)
