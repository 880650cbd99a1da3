"""Plain users may set roles, their own too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account

weakness = "authorization.function"
mode = "http"


def _rule(_account: Account) -> bool:
    return True


def apply(parts: Parts) -> Parts:
    """Ask no role."""
    return replace(parts, may_set_roles=_rule)
