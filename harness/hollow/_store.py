"""Objects kept in memory for everybody, in the shapes that the pointers of a scenario expect."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from harness import requests
from harness.hollow._http import Answer, Asked, as_json
from harness.hollow._values import fields_of, put

if TYPE_CHECKING:
    from harness.hollow._world import Known, World

SHORTEST = 6
PAGE = 20


@dataclass(kw_only=True)
class Store:
    """What was created, with its parents, by the operation that creates it and by its identifier.

    A resource may be another one's objects under a second path.
    """

    _kept: dict[tuple[str, str], tuple[tuple[str, ...], dict[str, Any]]] = field(default_factory=dict)

    def create(self, known: Known, asked: Asked, world: World) -> Answer:
        """Keep what the request says."""
        identifier = world.new_id(known.call)
        self._kept[_made(known), str(identifier)] = known.path, {"id": identifier, **fields_of(asked)}
        return world.created(known.call, identifier)

    def read(self, known: Known, world: World) -> Answer:
        """Show one object to anybody."""
        found = self._found(known)
        return as_json(found, world.success(known.call)) if found is not None else as_json({"detail": "no such"}, 404)

    def update(self, known: Known, asked: Asked, world: World) -> Answer:
        """Let anybody change it."""
        found = self._found(known)
        if found is None:
            return as_json({"detail": "no such"}, 404)
        found.update(fields_of(asked))
        return as_json(found, world.success(known.call))

    def delete(self, known: Known, world: World) -> Answer:
        """Let anybody remove it."""
        gone = self._kept.pop((_made(known), known.path[-1] if known.path else ""), None)
        return as_json({}, world.success(known.call)) if gone is not None else as_json({"detail": "no such"}, 404)

    def act(self, known: Known, asked: Asked, world: World) -> Answer:
        """Let anybody do with it what the scenario calls an action; its identifier is in the path or in the body."""
        said = {*known.path, *(str(value) for value in requests.values(fields_of(asked)))}
        if not any(identifier in said for _, identifier in self._kept):
            return as_json({"detail": "no such"}, 404)
        status = world.success(known.call)
        return as_json(world.body(known.call.operation, status), status)

    def named(self, known: Known, asked: Asked, world: World) -> Answer:
        """Show anybody the objects whose identifiers the query or the body holds."""
        query = parse_qs(urlsplit(asked.target).query)
        said = {str(value) for value in requests.values([query, requests.parsed(asked.body)])}
        found = [each for (_, identifier), (_, each) in self._kept.items() if identifier in said]
        return as_json({"items": found}, world.success(known.call))

    def listing(self, known: Known, asked: Asked, world: World) -> Answer:
        """Show everybody's objects; of a search those that hold one of the texts that were asked for."""
        call = known.listed
        query = {name: values[-1] for name, values in parse_qs(urlsplit(asked.target).query).items()}
        found = self._under(known)
        if known.verb == "search":
            wanted = [text for text in requests.values([query, fields_of(asked)]) if _is_text(text)]
            found = [each for each in found if (shown := str(each)) and any(text in shown for text in wanted)]
        paging = call.pagination
        limit = min(int(query.get(paging.limit, PAGE)) if paging and paging.limit else PAGE, PAGE)
        moved = int(query.get(paging.parameter, 0)) if paging and paging.style in {"offset", "page"} else 0
        start = max(0, moved - 1) * limit if paging and paging.style == "page" else moved
        items = [put(each, call.id, each["id"]) for each in found[start : start + limit]]
        body = put({}, call.items, items)
        return as_json(put(body, call.total, len(found)) if call.total else body, world.success(call))

    def _under(self, known: Known) -> list[dict[str, Any]]:
        nested = known.resource is not None and known.resource.parent is not None and known.path
        return [
            each
            for (made, _), (parents, each) in reversed(self._kept.items())
            if made == _made(known) and (not nested or parents == known.path)
        ]

    def _found(self, known: Known) -> dict[str, Any] | None:
        return self._kept.get((_made(known), known.path[-1] if known.path else ""), ((), None))[1]


def _made(known: Known) -> str:
    """Return the operation that creates what is asked for."""
    create = known.resource.create if known.resource else None
    return create.operation if create else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= SHORTEST
