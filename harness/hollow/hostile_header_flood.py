"""Answers with more header lines than anybody wants to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.hollow._http import Answer, Asked

if TYPE_CHECKING:
    from harness.hollow._world import World

FLOOD = tuple((f"X-Flood-{number}", "x" * 100) for number in range(20_000))


def answer(_: Asked, world: World) -> Answer:  # noqa: ARG001 -- every target has this signature
    """Bury the body."""
    return Answer(headers=FLOOD, body=b"{}")
