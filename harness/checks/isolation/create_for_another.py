"""Mass assignment of the owner (OWASP API3:2023, CWE-915): an object that is created in another user's name."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from harness import requests
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.lab.ownership import owner_seen, shown_owner
from harness.model import Needs, Severity
from harness.openapi.shapes import properties, types_of
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation, Request


USER = "{user"  # {user} or {user_number}
FIELDS = (
    "user_id",
    "owner_id",
    "owner",
    "user",
    "userId",
    "ownerId",
    "author_id",
    "account_id",
    "created_by",
    "tenant_id",
)


@check(
    severity=Severity.HIGH,
    catches=["isolation.create"],
    needs=Needs(users=2, operations=("create",)),
    owasp="API3:2023",
    cwe=915,
)
async def create_for_another(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot create an object in the name of another."""
    for resource in lab.resources_with("create"):
        alice, bob = await lab.two_users()
        if resource.looks:
            yield await _create(resource, alice, bob)


async def _create(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    """Bob creates objects that name Alice as their owner, in every usual field at once and in each alone."""
    operation = resource.operation("create")
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(operation, alice.name, bob.name),
    }
    plain = await resource.create(bob)
    verb, anyway = await _telling(resource, alice, plain)
    said = shown_owner(resource, requests.parsed(plain.created.request.body))
    if verb is None and said is None and resource.spec.owner_field is not None:
        return await _shown(resource, alice, plain, about)
    if verb is None:
        sentence = f"{alice.name} finds {bob.name}'s {resource.name} anyway, so whose it is cannot be seen"
        if resource.spec.readable:
            return skipped(operation, "not-applicable", sentence, plain.created, anyway, **about)
        return inconclusive(operation, "no-control", sentence, plain.created, anyway, **about)
    control = await resource.seen(bob, plain, verb)
    hers = await resource.create(alice)
    if not control.found or not (await resource.seen(alice, hers, verb)).found:
        return inconclusive(
            operation, "no-control", f"an owner does not find the own {resource.name}", control.last, **about
        )
    return await _judged(resource, alice, plain, verb, about)


async def _judged(
    resource: BoundResource, alice: Identity, plain: Owned, verb: str, about: dict[str, Any]
) -> Observation:
    """Look for each of Bob's creations as Alice, and as Bob, before the next one is made."""
    operation, bob, shown = about["operation"], plain.owner, [plain.created]
    count = refused = 0
    async for how, made in _attempts(resource, alice, bob):
        count, refused = count + 1, refused + (made is None)
        if made is None:
            continue
        seen = await resource.look(alice, made, verb, purpose="read-back")
        shown = [made.created, seen.last]
        if seen.found:
            sentence = f"{bob.name} creates a {resource.name} that {alice.name} then owns, by {how}"
            return failed(operation, sentence, made.created, seen.last, **about)
        if made.owner == bob and not (await resource.seen(bob, made, verb)).found:
            if not (await resource.look(bob, plain, verb, purpose="control")).found:
                sentence = f"{bob.name} does not find an earlier {resource.name} either, so whose it is cannot be seen"
                return inconclusive(operation, "no-control", sentence, made.created, **about)
            sentence = f"{bob.name} creates a {resource.name} with {how}, and does not own it then"
            return failed(operation, sentence, made.created, **about)
    sentence = f"naming {alice.name} as the owner gives her nothing ({count} requests, {refused} refused)"
    return passed(operation, sentence, *shown, **about)


async def _shown(resource: BoundResource, alice: Identity, plain: Owned, about: dict[str, Any]) -> Observation:
    """Read who is shown as the owner of each of Bob's creations, where everybody finds them, and he names nobody."""
    operation, bob, verb = about["operation"], plain.owner, resource.looks[0]
    hers = await resource.create(alice)
    views = [await resource.seen(each.owner, each, verb) for each in (hers, plain)]
    owner, other = (owner_seen(resource, view) for view in views)
    if owner is None or other is None or owner == other:
        sentence = f"everybody finds a {resource.name}, and it does not show whose it is"
        return inconclusive(operation, "no-control", sentence, *(view.last for view in views), **about)
    count, last = 0, views[1]
    async for how, made in _attempts(resource, alice, bob):
        count += 1
        if made is not None and made.owner == bob:
            last = await resource.seen(bob, made, verb)
            if owner_seen(resource, last) == owner:
                sentence = f"{bob.name} creates a {resource.name} that shows {alice.name} as its owner, by {how}"
                return failed(operation, sentence, made.created, last.last, **about)
    sentence = f"naming {alice.name} as the owner leaves {bob.name} shown as the owner ({count} requests)"
    return passed(operation, sentence, plain.created, last.last, **about)


async def _attempts(resource: BoundResource, alice: Identity, bob: Identity) -> AsyncIterator[tuple[str, Owned | None]]:
    """Walk Bob's creations that name Alice, each with how it does; None for one that was refused."""
    names = tuple(dict.fromkeys((*(filter(None, [resource.spec.owner_field])), *FIELDS)))
    together: dict[str, Any] = dict.fromkeys(names, _owner(alice))
    for fields in (together, *({name: _owner(alice)} for name in names), *_within(resource, together)):
        yield f"{_named(fields)} in the request", await resource.create_with(bob, fields)
    for how, owner, request in await _otherwise(resource, alice, bob, together):
        exchange = await resource.lab.send(bob, request, purpose="attempt")
        yield how, await resource.keep(owner, exchange)


async def _otherwise(
    resource: BoundResource, alice: Identity, bob: Identity, named: dict[str, Any]
) -> list[tuple[str, Identity, Request]]:
    """Return creations that name Alice elsewhere: in the query, and where the request of each user names that user.

    Beside each is at whose place the object would then be looked for.
    """
    plain, _ = await resource.creation(bob, resource.mark(bob))
    joined = f"{plain.target}{'&' if '?' in plain.target else '?'}{urlencode(named)}"
    found = [("owner parameters in the query", bob, replace(plain, target=joined))]
    call = resource.spec.create
    if call is not None and USER in str([call.path, call.query, call.body, call.form]):
        hers, _ = await resource.creation(alice, resource.mark(bob))
        found.append(("the request that names her", alice, hers))
    return found


async def _telling(resource: BoundResource, alice: Identity, plain: Owned) -> tuple[str | None, Exchange]:
    """Return the most direct verb by which Alice does not find what is Bob's, None if there is none; and the answer."""
    for verb in resource.looks:
        view = await resource.look(alice, plain, verb, purpose="control")
        if not view.found:
            return verb, view.last
    return None, view.last


def _within(resource: BoundResource, named: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk the fields that hold whatever a caller likes, as the document says, with the owner named in them."""
    call, document = resource.spec.create, resource.lab.session.document
    operation = resource.lab.operation(call.operation) if call is not None else None
    if call is None or document is None or operation is None:
        return
    for name, flat in properties(document.root, next((each.schema for each in operation.bodies), None)).items():
        if "object" in types_of(flat) and not flat.get("properties"):
            yield {name: json.dumps(named) if call.multipart is not None else named}


def _owner(user: Identity) -> str:
    return user.subject or user.name


def _named(fields: dict[str, Any]) -> str:
    return next(iter(fields)) if len(fields) == 1 else f"{len(fields)} owner fields"
