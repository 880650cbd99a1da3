"""Session tokens are a digest of a counter: whoever knows one can compute the next."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import State

weakness = "sessions.guessable"
mode = "http"


class _Count:
    value = 1000


def _token(_presented: str | None, _state: State) -> str:
    _Count.value += 1
    return hashlib.md5(str(_Count.value).encode()).hexdigest()


def apply(parts: Parts) -> Parts:
    """Hide a counter behind a digest."""
    return replace(parts, login_token=_token)
