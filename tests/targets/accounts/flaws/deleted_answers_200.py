"""Deleting an item answers 200 where the document says 204."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "contract.status"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Answer with another status."""
    return replace(parts, deleted_status=200)
