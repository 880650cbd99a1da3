"""The items below a user are shown to every user."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "isolation.list"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Take the user from the path."""
    return replace(parts, may_look_below=lambda _account, _user_id: True)
