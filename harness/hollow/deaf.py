"""Answers 404 to everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.hollow._http import Answer, Asked, as_json

if TYPE_CHECKING:
    from harness.hollow._world import World


def answer(_: Asked, world: World) -> Answer:  # noqa: ARG001 -- every target has this signature
    """Refuse, whatever is asked."""
    return as_json({"detail": "no"}, 404)
