"""What an idempotency key has created is answered to whoever sends the same key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "isolation.idempotency"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Keep items under their keys, whoever has chosen them."""
    return replace(parts, kept_under=lambda _account, key: key)
