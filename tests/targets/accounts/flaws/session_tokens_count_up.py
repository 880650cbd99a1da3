"""Session tokens are consecutive numbers."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import State

weakness = "sessions.guessable"
mode = "http"


_numbers = itertools.count(100_001)


def _token(_presented: str | None, _state: State) -> str:
    return str(next(_numbers))


def apply(parts: Parts) -> Parts:
    """Number the sessions."""
    return replace(parts, login_token=_token)
