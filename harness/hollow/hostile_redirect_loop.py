"""Sends everybody to the same path on another host, and on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.hollow._http import Answer, Asked

if TYPE_CHECKING:
    from harness.hollow._world import World


def answer(asked: Asked, world: World) -> Answer:  # noqa: ARG001 -- every target has this signature
    """Point elsewhere."""
    port = asked.header("Host").rpartition(":")[2] or "80"
    return Answer(status=307, headers=(("Location", f"http://127.0.0.2:{port}{asked.target}"),))
