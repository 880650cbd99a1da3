"""Which reads of one thing need a value that nobody created, and where a user is told one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.lab.ownership import whoami
from harness.lab.plain import DOING, private_reads
from harness.lab.readable import is_readable
from harness.openapi.inference.routes import segments
from harness.openapi.inference.words import ID_WORDS, stem, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Operation

PEOPLE = frozenset({"user", "member", "profile", "person", "people"})
"""What others may look up, and has checks of its own; an account may be one in a bank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A value for the variable of a read; `collection` says that the list above its path has told it."""

    value: Any
    collection: bool


def reads_by_variable(lab: Lab) -> Iterator[Operation]:
    """Walk the GETs with one variable in their path, of things that no user creates and that are no users.

    Where nothing may be written, nothing is created: then what can be created elsewhere is among them.
    """
    scenario = lab.scenario
    known = {operation for spec in scenario.resource for operation in spec.operations}
    if lab.session.client.policy.read_only:
        known = {spec.read.operation for spec in scenario.resource if spec.read and is_readable(lab.session, spec.name)}
    target, users = scenario.target, scenario.users
    apart = {*known, *target.public, *target.destructive, *target.exclude, *users.privileged}
    for one in lab.operations:
        fits = one.method == "GET" and one.path.count("{") == 1 and one.secured is not False and one.id not in apart
        needs = any(each.required for each in one.parameters if each.location == "query")
        if fits and not needs and DOING.isdisjoint(words(one.path)) and _thing(one) not in PEOPLE:
            yield one


async def own_documents(lab: Lab, user: Identity) -> dict[str, Any]:
    """Return what a user is told at the entrance, and by private reads without variables, by their paths."""
    found = {"": await whoami(lab, user), **dict(_at_the_entrance(lab, user))}
    for operation in await private_reads(lab, user):
        exchange = await lab.send(user, requests.plain(operation), purpose="control")
        if exchange.ok:
            found[operation.partition(" ")[2]] = requests.parsed(exchange.body)
    if lab.session.client.policy.read_only:
        for resource in lab.resources_with("list", "read"):
            if resource.spec.parent is None:
                listing = await resource.pages(user, "list")
                found[resource.operation("list").partition(" ")[2]] = list(listing.items)
    return found


def _at_the_entrance(lab: Lab, user: Identity) -> Iterator[tuple[str, Any]]:
    """Walk what sign-up and log-in have answered a user of this name."""
    calls = {call.operation for call in (lab.scenario.users.signup, lab.scenario.users.login) if call is not None}
    named = (user.username or "").encode()
    for exchange in lab.session.client.recorder.exchanges.values():
        request = exchange.request
        if named and request.operation in calls and exchange.ok and named in request.body:
            yield str(request.operation), requests.parsed(exchange.body)


def told(read: Operation, documents: Mapping[str, Any]) -> Iterator[Told]:
    """Walk what documents say that may stand for the variable of a read, each value once."""
    seen: set[Any] = set()
    for path, document in documents.items():
        collection = bool(path) and read.path.startswith(f"{path}/{{")
        for value in _values(document, stem((segments(path) or [""])[-1]), read):
            if value not in seen:
                seen.add(value)
                yield Told(value=value, collection=collection)


def _values(node: Any, thing: str | None, read: Operation) -> Iterator[Any]:
    """Walk the scalars below a node that stand under the name of the variable; `thing` is what the node is about."""
    for item in node if isinstance(node, list) else [node]:
        for name, value in item.items() if isinstance(item, dict) else ():
            if isinstance(value, dict | list):
                yield from _values(value, stem(name), read)
            elif isinstance(value, str | int) and not isinstance(value, bool) and value and _means(name, thing, read):
                yield value


def _means(name: str, thing: str | None, read: Operation) -> bool:
    """Whether a field stands for the variable: by its whole name, or as the identifier of the thing that is read."""
    variable, field = words(_variable(read)), words(name)
    if (len(variable) > 1 and field == variable) or (thing and (*words(thing), *field) == variable):
        return True
    return thing == _thing(read) and (field == variable or name.lower().lstrip("_") in ID_WORDS)


def _variable(read: Operation) -> str:
    return next(part for part in segments(read.path) if part.startswith("{")).strip("{}")


def _thing(read: Operation) -> str | None:
    """Return what a read is about: the segment before its variable."""
    parts = segments(read.path)
    place = next(number for number, part in enumerate(parts) if part.startswith("{"))
    return stem(parts[place - 1]) if place else None


def particular(exchange: Exchange, others: Sequence[Exchange]) -> frozenset[tuple[str, Any]]:
    """Return the fields with their values that an answer has and no other one of some."""
    found = set(_fields(requests.parsed(exchange.body)))
    for other in others:
        if other.ok:
            found -= set(_fields(requests.parsed(other.body)))
    return frozenset(found)


def _fields(node: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _fields(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from _fields(value, name)
    elif node is not requests.MISSING and node is not None and node != "":
        yield name, node
