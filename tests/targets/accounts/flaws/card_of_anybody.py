"""Any card is shown to whoever knows its number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "isolation.given"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Look for the number, and never for the caller."""
    return replace(parts, may_see_card=lambda _caller, _account: True)
