"""Answers everything, but only after half a minute."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.hollow import empty_lists

if TYPE_CHECKING:
    from harness.hollow._http import Answer, Asked
    from harness.hollow._world import World

SECONDS = 30.0


def answer(asked: Asked, world: World) -> Answer:
    """Make everybody wait."""
    return replace(empty_lists.answer(asked, world), delay=SECONDS)
