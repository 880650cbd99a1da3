"""What everybody may read may be changed by everybody, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, Item

weakness = "isolation.update"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Ask no owner of what is public."""

    def rule(account: Account, item: Item) -> bool:
        return parts.may_update(account, item) or item.visibility == "public"

    return replace(parts, may_update=rule)
