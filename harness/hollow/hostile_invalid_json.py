"""Answers with JSON that breaks off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.hollow._http import Answer, Asked

if TYPE_CHECKING:
    from harness.hollow._world import World


def answer(_: Asked, world: World) -> Answer:  # noqa: ARG001 -- every target has this signature
    """Begin a sentence."""
    return Answer(headers=(("Content-Type", "application/json"),), body=b'{"items": [{"id": "\xff')
