"""Bad passwords are counted for each spelling of a name; none is in the way of the right password."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.passwords import Lockout

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "limits.lockout"
mode = "http"


class _Lenient(Lockout):
    def remaining(self, username: str) -> float:
        """Refuse only every other attempt."""
        self._turn = not getattr(self, "_turn", False)
        return super().remaining(username) if self._turn else 0.0


def apply(parts: Parts) -> Parts:
    """Refuse now and then."""
    return replace(parts, lockout=_Lenient)
