"""Whoever signs up with `is_admin` is an administrator."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.targets.accounts.parts import Parts

weakness = "authorization.mass-assignment"
mode = "http"


def _role(unknown: Mapping[str, Any]) -> str:
    return "admin" if str(unknown.get("is_admin")).lower() == "true" else "user"


def apply(parts: Parts) -> Parts:
    """Bind every member of the body, the flag too."""
    return replace(parts, role_at_sign_up=_role)
