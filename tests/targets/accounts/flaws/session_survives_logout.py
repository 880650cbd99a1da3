"""Logging out only asks the browser to forget the cookie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import State

weakness = "sessions.logout"
mode = "http"


def _keep(_state: State, _token: str) -> None:
    return


def apply(parts: Parts) -> Parts:
    """End no session."""
    return replace(parts, on_logout=_keep)
