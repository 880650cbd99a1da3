"""Session tokens are the time of the login in milliseconds, in hexadecimal digits."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import State

weakness = "sessions.guessable"
mode = "http"


def _token(_presented: str | None, _state: State) -> str:
    return f"{time.time_ns() // 1_000_000:032x}"


def apply(parts: Parts) -> Parts:
    """Use the clock as if it were random."""
    return replace(parts, login_token=_token)
