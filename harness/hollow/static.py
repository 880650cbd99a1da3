"""A mock made from the document: every answer is valid, and the same one object is shown to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.hollow._http import Answer, Asked, as_json
from harness.hollow._values import put

if TYPE_CHECKING:
    from harness.hollow._world import Known, World
    from harness.scenario.schema import ResourceSpec


def answer(asked: Asked, world: World) -> Answer:
    """Answer by the document alone."""
    known = world.known(asked)
    if known is not None and known.resource is not None:
        if known.verb == "create":
            return world.created(known.call, world.fixed_id(known.resource))
        if known.verb in {"list", "search"}:
            return _listing(world, known, known.resource)
    one = next((each for each in world.document.operations if world.asks_for(each.id, asked)), None)
    if one is None:
        return as_json({"detail": "not found"}, 404)
    status = world.success_of(one.id)
    return as_json(world.body(one.id, status), status)


def _listing(world: World, known: Known, spec: ResourceSpec) -> Answer:
    call = known.listed
    status = world.success(call)
    item = put(world.item(call), call.id, world.fixed_id(spec))
    body = put(world.body(call.operation, status), call.items, [item])
    return as_json(put(body, call.total, 1) if call.total is not None else body, status)
