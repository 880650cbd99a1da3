"""Authorization bypass by a parameter (CWE-639): naming another user, or everybody, in the query of a request."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from harness.expect import failed, inconclusive, isolation_cell, passed
from harness.lab.ownership import owner_values
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation, Request

OWNER = ("user_id", "owner_id", "owner", "user", "userId", "ownerId", "account_id", "tenant_id", "sub", "impersonate")
EVERYTHING = (
    {"all": "true"},
    {"scope": "all"},
    {"admin": "true"},
    {"include_all": "true"},
    {"shared": "true"},
    {"visibility": "all"},
    {"include_deleted": "true"},
    {"filter": "*"},
)


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.list", "isolation.search", "isolation.read"],
    needs=Needs(users=2, operations=("create",)),
    owasp="API1:2023",
    cwe=639,
)
async def owner_parameters(lab: Lab) -> AsyncIterator[Observation]:
    """No query parameter opens another user's objects."""
    for resource in lab.private_with("create"):
        alice, bob = await lab.two_users()
        for verb in resource.looks:
            yield await _try(resource, verb, alice, bob)


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
    values = await owner_values(resource, alice, hers)
    tried: list[Exchange] = []
    for query in _queries(resource, values):
        request = _asking(resource, verb, hers, own, query)
        tried.append(await resource.lab.send(bob, request, purpose="attempt"))
        if hers.marker.in_bytes(tried[-1].body):
            sentence = f"with ?{urlencode(query)} {bob.name} receives {alice.name}'s {resource.name} by {operation}"
            return failed(operation, sentence, hers.created, plain.last, tried[-1], **about)
    sentence = (
        f"none of {len(tried)} query parameters shows {bob.name} a {resource.name} of {alice.name}'s by {operation}"
    )
    return passed(operation, sentence, plain.last, tried[-1], **about)


def _queries(resource: BoundResource, values: list[Any]) -> Iterator[dict[str, Any]]:
    names = dict.fromkeys((*((resource.spec.owner_field,) if resource.spec.owner_field else ()), *OWNER))
    for value in values[:1]:
        for name in names:
            yield {name: value}
    yield from EVERYTHING


def _asking(resource: BoundResource, verb: str, hers: Owned, own: Owned, query: dict[str, Any]) -> Request:
    """Return Bob's request; a list below a parent is asked of his own, everything else for what Alice has."""
    request = resource.request(verb, own if verb == "list" and hers.parents else hers)
    separator = "&" if "?" in request.target else "?"
    return replace(request, target=f"{request.target}{separator}{urlencode(query)}")
