"""Any user may change any account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "isolation.account"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Look at nobody's name."""
    return replace(parts, may_change_account=lambda _caller, _account: True)
