"""Accepts every write, keeps nothing, and answers every list and search with a proper envelope that is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.hollow import empty
from harness.hollow._http import Answer, Asked, as_json
from harness.hollow._values import put

if TYPE_CHECKING:
    from harness.hollow._world import World


def answer(asked: Asked, world: World) -> Answer:
    """Answer as the service whose every list was empty did."""
    known = world.known(asked)
    if known is None or known.verb not in {"list", "search"}:
        return empty.answer(asked, world)
    call = known.listed
    body = put(world.body(call.operation, 200), call.items, [])
    return as_json(put(body, call.total, 0) if call.total is not None else body, world.success(call))
