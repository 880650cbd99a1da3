"""Authorization bypass by a parameter (CWE-639): naming another user, or everybody, in the query or body of a request.

Names that cannot contradict each other are tried in one request; one by one where that is refused.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.lab.ownership import owner_values
from harness.model import Needs, Severity
from harness.registry import check
from harness.requests import PLACEHOLDER, is_json_object

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation, Request
    from harness.scenario.schema.calls import ActionCall

OWNER = ("user_id", "owner_id", "owner", "user", "userId", "ownerId", "account_id", "tenant_id", "sub", "impersonate")
EVERYTHING: tuple[dict[str, Any], ...] = (
    {"all": "true", "scope": "all", "admin": "true", "include_all": "true", "debug": "true"},
    {"shared": "true", "visibility": "all", "include_deleted": "true"},
    {"sort": "id", "order": "asc", "sort_by": "id", "order_by": "id", "ordering": "id"},
    {"filter": "*"},
)


@check(
    severity=Severity.CRITICAL,
    catches=[
        "isolation.list",
        "isolation.search",
        "isolation.read",
        "isolation.action",
        "authentication.identity-header",
    ],
    needs=Needs(users=2, operations=("create",)),
    owasp="API1:2023",
    cwe=639,
)
async def owner_parameters(lab: Lab) -> AsyncIterator[Observation]:
    """No parameter in a query or a body opens another user's objects."""
    for resource in lab.private_with("create"):
        alice, bob = await lab.two_users()
        for verb in resource.looks:
            yield await _try(resource, verb, alice, bob)
        for call in resource.spec.action:
            yield await _act(resource, call, alice, bob)


async def _try(resource: BoundResource, verb: str, alice: Identity, bob: Identity) -> Observation:
    operation = resource.operation(verb)
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (parameters)", alice.name, bob.name),
    }
    hers, own = await resource.create(alice), await resource.create(bob)
    controls = [await resource.seen(alice, hers, verb), await resource.seen(bob, own, verb)]
    if not all(view.found for view in controls):
        sentence = f"an owner does not find the own {resource.name} by {operation}"
        return inconclusive(operation, "no-control", sentence, *(view.last for view in controls), **about)
    plain = await resource.look(bob, hers, verb, purpose="control")
    if plain.found:
        sentence = f"{bob.name} finds {alice.name}'s {resource.name} by {operation} without any parameter"
        return failed(operation, sentence, hers.created, plain.last, **about)
    leak = await _leaked(resource, bob, hers, _attempts(resource, verb, hers, own, await _values(resource, hers)))
    if leak is not None:
        named, exchange = leak
        sentence = f"with {urlencode(named)} {bob.name} receives {alice.name}'s {resource.name} by {operation}"
        return failed(operation, sentence, hers.created, plain.last, exchange, **about)
    sentence = f"no parameter of {operation} shows {bob.name} a {resource.name} of {alice.name}'s"
    return passed(operation, sentence, *(view.last for view in controls), plain.last, **about)


async def _act(resource: BoundResource, call: ActionCall, alice: Identity, bob: Identity) -> Observation:
    """Bob does something with Alice's object in her name; what succeeds with anybody's tells nothing."""
    operation, names = call.operation, (alice.name, bob.name)
    cell = isolation_cell(f"{operation} (parameters)", *names)
    about: dict[str, Any] = {"operation": operation, "users": names, "cell": cell}
    hers, own = await resource.create(alice), await resource.create(bob)
    plain = await resource.act(bob, hers, call, purpose="control")
    mine = await resource.act(bob, own, call, purpose="control")
    if plain.ok or not mine.ok:
        sentence = f"{bob.name} can {call.name} either both or none, {alice.name}'s {resource.name} and an own one"
        return skipped(operation, "not-applicable", sentence, plain, mine, **about)
    named = dict.fromkeys(OWNER, (await _values(resource, hers))[0])
    request = resource.request("action", hers, call=call)
    for asking in (_in_query, *((_in_body,) if is_json_object(request) else ())):
        for each in (named, *({name: value} for name, value in named.items())):
            answer = await resource.lab.send(bob, asking(request, each), purpose="attempt")
            again = await resource.act(bob, hers, call, purpose="control") if answer.ok else plain
            if again.ok:
                sentence = f"{bob.name} can {call.name} {alice.name}'s {resource.name} by now, whomever he names"
                return skipped(operation, "not-applicable", sentence, plain, again, **about)
            if answer.ok:
                sentence = f"with {urlencode(each)} {bob.name} can {call.name} {alice.name}'s {resource.name}"
                return failed(operation, sentence, hers.created, plain, answer, **about)
            if answer.status == plain.status:  # what is named is passed over, or looked at
                break
    sentence = f"whomever {bob.name} names, {call.name} is refused for {alice.name}'s {resource.name}"
    return passed(operation, sentence, plain, mine, answer, **about)


async def _values(resource: BoundResource, hers: Owned) -> list[Any]:
    return (await owner_values(resource, hers.owner, hers))[:1]


def _attempts(
    resource: BoundResource, verb: str, hers: Owned, own: Owned, values: list[Any]
) -> Iterator[tuple[dict[str, Any], Callable[[dict[str, Any]], Request]]]:
    """Walk what is named together, and how a request is made of it; a list below a parent is asked of Bob's own."""
    request = resource.request(verb, own if verb == "list" and hers.parents else hers)
    owner = (*((resource.spec.owner_field,) if resource.spec.owner_field else ()), *OWNER)
    for value in values:
        named = dict.fromkeys(owner, value)
        yield named, partial(_in_query, request)
        if is_json_object(request):
            yield named, partial(_in_body, request)
    for named in EVERYTHING:
        yield named, partial(_in_query, request)
    if verb == "read":
        parameter = PLACEHOLDER.findall(resource.operation("read"))[-1:]
        yield dict.fromkeys((*parameter, "id"), hers.id), partial(_in_query, resource.request("read", own))


async def _leaked(
    resource: BoundResource,
    bob: Identity,
    hers: Owned,
    attempts: Iterator[tuple[dict[str, Any], Callable[[dict[str, Any]], Request]]],
) -> tuple[dict[str, Any], Exchange] | None:
    """Return what was named, and the answer, where Alice's object is shown; None where it never is."""
    for named, asking in attempts:
        together = await resource.lab.send(bob, asking(named), purpose="attempt")
        if hers.marker.in_bytes(together.body):
            return named, together
        for name, value in named.items() if not together.ok and len(named) > 1 else ():
            alone = await resource.lab.send(bob, asking({name: value}), purpose="attempt")
            if hers.marker.in_bytes(alone.body):
                return {name: value}, alone
    return None


def _in_query(request: Request, named: Mapping[str, Any]) -> Request:
    separator = "&" if "?" in request.target else "?"
    return replace(request, target=f"{request.target}{separator}{urlencode(named)}")


def _in_body(request: Request, named: Mapping[str, Any]) -> Request:
    return replace(request, body=json.dumps({**json.loads(request.body), **named}).encode())
