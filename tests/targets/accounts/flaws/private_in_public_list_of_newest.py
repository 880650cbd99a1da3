"""The public list shows the newest private items, too."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import public

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Item

weakness = "isolation.list"
mode = "http"


def _shown(item: Item) -> bool:
    return public(item) or time.time() - datetime.fromisoformat(item.created_at).timestamp() < 60


def apply(parts: Parts) -> Parts:
    """Show what is new."""
    return replace(parts, shown_to_all=_shown)
