"""Any user may set the password of any account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "isolation.account"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Take the path at its word."""
    return replace(parts, may_set_password=lambda _caller, _account: True)
