"""A password is accepted with the case of all its letters swapped, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "sessions.password"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Try a password in both cases."""

    def verify(password: str, stored: str) -> bool:
        return parts.verify(password, stored) or parts.verify(password.swapcase(), stored)

    return replace(parts, verify=verify)
