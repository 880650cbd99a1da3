"""Changing one's profile can change one's role."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account

weakness = "authorization.mass-assignment"
mode = "http"


def _role(account: Account, unknown: Mapping[str, Any]) -> str:
    return "admin" if unknown.get("role") == "admin" else account.role


def apply(parts: Parts) -> Parts:
    """Bind every member of the body, the role too."""
    return replace(parts, role_after_change=_role)
