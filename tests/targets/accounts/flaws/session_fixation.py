"""A login keeps the session token that the caller brought."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.state import new_token

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import State

weakness = "sessions.fixation"
mode = "http"


def _token(presented: str | None, _state: State) -> str:
    return presented or new_token()


def apply(parts: Parts) -> Parts:
    """Adopt a token that somebody else may have chosen."""
    return replace(parts, login_token=_token)
