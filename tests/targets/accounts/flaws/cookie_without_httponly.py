"""Scripts may read the session cookie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "sessions.cookie-flags"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Leave HttpOnly away."""
    return replace(parts, cookie={"samesite": "lax"})
