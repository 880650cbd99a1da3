"""Resets three connections in ten; what gets through is accepted and forgotten."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from harness.hollow import empty_lists
from harness.hollow._http import Answer, Asked

if TYPE_CHECKING:
    from harness.hollow._world import World


def answer(asked: Asked, world: World) -> Answer:
    """Hang up on some, forget the others."""
    return Answer(reset=True) if secrets.randbelow(10) < 3 else empty_lists.answer(asked, world)  # noqa: PLR2004 -- three of ten
