"""Old sessions still work after a change of password."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, State

weakness = "sessions.password-change"
mode = "http"


def _keep(_state: State, _account: Account) -> None:
    return


def apply(parts: Parts) -> Parts:
    """End no session."""
    return replace(parts, on_password_change=_keep)
