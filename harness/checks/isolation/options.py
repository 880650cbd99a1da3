"""Authorization that hangs on an option (CWE-639): whatever a request says beside what it must, others stay hidden."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.lab import genuine
from harness.lab.resource import with_query
from harness.model import Needs, Severity
from harness.openapi.options import options as members
from harness.openapi.options import values
from harness.registry import check
from harness.scenario.schema import ListCall

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation, Operation, Request
    from harness.scenario.schema import Call


VERBS = ("list", "search", "action")
MEDIA_TYPES = ("text/csv", "application/xml", "application/x-ndjson")


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.list", "isolation.search", "isolation.action"],
    needs=Needs(users=2, operations=("create",), features=("document",)),
    owasp="API1:2023",
    cwe=639,
)
async def options(lab: Lab) -> AsyncIterator[Observation]:
    """No option of a list, a search or an action opens another user's objects."""
    await genuine(lab, (await lab.two_users())[0])
    private = lab.private_with("create")
    asked = [(resource, verb, call) for resource in private for verb in VERBS for call in resource.spec.calls(verb)]
    if private and not asked:
        yield skipped("options", "not-offered", "no resource has a list, a search or an action")
    for resource, verb, call in asked:
        yield await _try(resource, verb, call, *await lab.two_users())


async def _try(resource: BoundResource, verb: str, call: Call, alice: Identity, bob: Identity) -> Observation:
    """Bob asks for what Alice has, with one option after the other."""
    lab, about = resource.lab, _about(call.operation, alice, bob)
    operation = lab.operation(call.operation)
    before, hers, own = await resource.create(bob), await resource.create(alice), await resource.create(bob)
    request = resource.request(verb, own if verb == "list" else hers, call=call)
    asked = list(_with_options(lab, resource, operation, request, call)) if operation is not None else []
    asked += list(_with_media_types(request)) if verb != "action" else []
    if not asked:
        return skipped(call.operation, "not-applicable", f"{call.operation} has no options", **about)
    if verb != "action" and not (await resource.seen(alice, hers, verb)).found:
        sentence = f"{alice.name} does not find the own {resource.name} by {call.operation}"
        return inconclusive(call.operation, "no-control", sentence, hers.created, **about)
    plain = await lab.send(bob, request, purpose="control")
    opened = _opens(resource, call, hers, bob)
    if verb == "list" and resource.spec.parent is not None and not opened(plain):
        in_hers = resource.request(verb, hers, call=call)  # below her parent, not his
        plain = await lab.send(bob, in_hers, purpose="control")
    if opened(plain):
        sentence = f"{call.operation} opens {alice.name}'s {resource.name} to {bob.name} without any option"
        return skipped(call.operation, "not-applicable", sentence, plain, **about)
    last = plain
    for option, other in asked:
        last = await lab.send(bob, other, purpose="attempt")
        if opened(last):
            sentence = f"with {option}, {call.operation} opens {alice.name}'s {resource.name} to {bob.name}"
            return failed(call.operation, f"{sentence} ({last.status})", hers.created, plain, last, **about)
    control = await _own(resource, verb, call, (before, own))
    if control is not None:
        return control
    sentence = f"none of {len(asked)} options of {call.operation} opens {alice.name}'s {resource.name} to {bob.name}"
    return passed(call.operation, sentence, plain, last, **about)


def _opens(resource: BoundResource, call: Call, hers: Owned, bob: Identity) -> Callable[[Exchange], bool]:
    """Return what tells that an answer to Bob opens Alice's object: an action succeeds, a list or a search shows it."""
    if isinstance(call, ListCall):
        return lambda exchange: resource.lists(exchange, hers, bob, call)
    return lambda exchange: exchange.ok


async def _own(resource: BoundResource, verb: str, call: Call, mine: tuple[Owned, Owned]) -> Observation | None:
    """Return why a refusal means nothing: Bob does not reach an own object in that way either.

    Of a list only the first page was asked for. Both of Bob's are on it, the one made before Alice's and the one made
    after it: then hers would be between them, whatever the order.
    """
    _, own = mine
    bob, sentence = own.owner, f"{own.owner.name} does not reach an own {resource.name} by {call.operation} either"
    if isinstance(call, ListCall):
        view = await resource.seen(bob, own, verb)
        reached, shown = view.found, view.last
        if reached and verb == "list":
            shown = await resource.lab.send(bob, resource.request(verb, own, call=call), purpose="control")
            reached = all(resource.lists(shown, each, bob, call) for each in mine)
            sentence = f"what {bob.name} made before and after is not all on the first page of {call.operation}"
    else:
        shown = await resource.act(bob, own, call, purpose="control")
        reached = shown.ok
    return None if reached else inconclusive(call.operation, "no-control", sentence, shown, operation=call.operation)


def _about(operation: str, alice: Identity, bob: Identity) -> dict[str, Any]:
    cell = isolation_cell(f"{operation} (options)", alice.name, bob.name)
    return {"operation": operation, "users": (alice.name, bob.name), "cell": cell}


def _with_options(
    lab: Lab, resource: BoundResource, operation: Operation, request: Request, call: Call
) -> Iterator[tuple[str, Request]]:
    """Walk the request with each option of its query and body, and the option in words."""
    document = lab.session.document
    root, known = document.root if document is not None else {}, _known(resource)
    position = getattr(call, "pagination", None) and call.pagination.parameter  # type: ignore[attr-defined]
    for parameter in operation.parameters:
        if parameter.location == "query" and parameter.name not in {position, *call.query}:
            for value in values(root, parameter.name, parameter.schema, known):
                text = json.dumps(value) if isinstance(value, bool | list | dict) else str(value)
                yield f"{parameter.name}={text}", with_query(request, parameter.name, text)
    if requests.is_json_object(request):
        body, schema = json.loads(request.body), next((each.schema for each in operation.bodies), None)
        for member in members(root, schema, known):
            if member.keys() <= body.keys() and member.items() <= body.items():
                continue
            yield json.dumps(member)[:120], replace(request, body=json.dumps({**body, **member}).encode())


def _with_media_types(request: Request) -> Iterator[tuple[str, Request]]:
    """Walk the request for the same in other media types: an export is often another code path."""
    others = tuple(pair for pair in request.headers if pair[0].lower() != "accept")
    for kind in MEDIA_TYPES:
        yield f"Accept: {kind}", replace(request, headers=(("Accept", kind), *others))


def _known(resource: BoundResource) -> Mapping[str, Any]:
    """Return what objects of the resource are created with, as far as that is the same for all of them."""
    call = resource.spec.create
    fields: Mapping[str, Any] = (call.body if isinstance(call.body, dict) else call.multipart or {}) if call else {}
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, str) and "{" not in value:
            parsed = requests.parsed(value.encode())
            found[name] = parsed if isinstance(parsed, list) else value
        elif isinstance(value, list) and "{" not in json.dumps(value):
            found[name] = value
    return found
