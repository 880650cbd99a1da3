"""Passwords may be guessed without end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.passwords import Lockout

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "limits.lockout"
mode = "http"


class _NoLockout(Lockout):
    def failed(self, username: str) -> None:
        """Forget the failure at once."""


def apply(parts: Parts) -> Parts:
    """Count no failures."""
    return replace(parts, lockout=_NoLockout)
