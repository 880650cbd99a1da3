"""The session cookie goes along with requests from other sites."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "sessions.cookie-flags"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Leave SameSite away."""
    return replace(parts, cookie={"httponly": True, "samesite": None})
