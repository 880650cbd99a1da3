"""Accepts every write with a made-up identifier, keeps nothing, and answers every read with `{}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.hollow._http import Answer, Asked, as_json

if TYPE_CHECKING:
    from harness.hollow._world import World

READS = frozenset({"read", "list", "search", "whoami"})


def answer(asked: Asked, world: World) -> Answer:
    """Accept, and forget."""
    known = world.known(asked)
    if known is None or known.verb in READS:
        return as_json({})
    if known.verb == "create":
        return world.created(known.call, world.new_id(known.call))
    status = world.success(known.call)
    return as_json(world.body(known.call.operation, status), status)
