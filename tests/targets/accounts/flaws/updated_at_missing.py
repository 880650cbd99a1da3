"""Items lack the time of their last change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import show_item

if TYPE_CHECKING:
    from typing import Any

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Item

weakness = "contract.schema"
mode = "http"


def _show(item: Item) -> dict[str, Any]:
    return {name: value for name, value in show_item(item).items() if name != "updated_at"}


def apply(parts: Parts) -> Parts:
    """Send more, or less, than the document describes."""
    return replace(parts, show_item=_show)
