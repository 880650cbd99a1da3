"""Keeps everybody's objects well, and allows everything to everybody, with a credential or without, caches included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.hollow._http import Answer, Asked, as_json
from harness.hollow._values import put

if TYPE_CHECKING:
    from harness.hollow._world import Known, World

EXHIBITS = (
    "authentication.missing",
    "isolation.action",
    "isolation.bulk",
    "isolation.delete",
    "isolation.list",
    "isolation.read",
    "isolation.search",
    "isolation.update",
    "tokens.",
)
"""The weaknesses that this target has, as beginnings of their names: the checks that catch them must fail on it."""


def answer(asked: Asked, world: World) -> Answer:
    """Do what is asked, whoever asks, and let anybody on the way keep the answer."""
    said = _answer(asked, world)
    return replace(said, headers=(*said.headers, ("Cache-Control", "public, max-age=60")))


def _answer(asked: Asked, world: World) -> Answer:
    known = world.known(asked)
    if known is None:
        return as_json({})
    if known.resource is None:
        body = world.body(known.call.operation, 200)
        return as_json(put(body, world.scenario.users.whoami_id, world.who(asked)))
    return _on_object(known, asked, world)


def _on_object(known: Known, asked: Asked, world: World) -> Answer:
    match known.verb:
        case "create":
            return world.store.create(known, asked, world)
        case "read":
            return world.store.read(known, world)
        case "update":
            return world.store.update(known, asked, world)
        case "delete":
            return world.store.delete(known, world)
        case "list" | "search" | "bulk":
            show = world.store.named if known.verb == "bulk" else world.store.listing
            return show(known, asked, world)
        case _:
            return world.store.act(known, asked, world)
