"""Positions in a list that carry an owner (CWE-639): one user's cursor in another user's hands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness import requests
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.lab.resource import with_query
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import ListCall, Pagination

OBJECTS = 4
SIZE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What one user has, the first page of it, and the cursor to the next."""

    owned: list[Owned]
    first: Exchange
    cursor: str | None


@check(
    severity=Severity.HIGH,
    catches=["isolation.cursor"],
    needs=Needs(users=2, operations=("create", "list")),
    owasp="API1:2023",
    cwe=639,
)
async def cursor(lab: Lab) -> AsyncIterator[Observation]:
    """The cursor of one user shows another user nothing of the first."""
    alice, bob = await lab.two_users()
    for resource in lab.private_with("create", "list"):
        for verb in ("list", "search"):
            call = resource.spec.listing if verb == "list" else resource.spec.search
            if call is None:
                continue
            if call.pagination is None or call.pagination.style != "cursor":
                sentence = f"{call.operation} has no cursors"
                yield skipped(call.operation, "not-applicable", sentence, operation=call.operation)
            else:
                yield await _swap(resource, verb, call, alice, bob)


async def _swap(resource: BoundResource, verb: str, call: ListCall, alice: Identity, bob: Identity) -> Observation:
    operation, lab = call.operation, resource.lab
    pagination = call.pagination
    assert pagination is not None  # noqa: S101 -- the only caller has looked
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (cursor)", alice.name, bob.name),
    }
    query = lab.session.markers.issue(lab.key(alice)).query
    hers, his = await _shelf(resource, verb, call, alice, query), await _shelf(resource, verb, call, bob, query)
    if hers.cursor is None or his.cursor is None:
        sentence = f"{OBJECTS} objects are no second page of {operation}, so there is no cursor to try"
        return inconclusive(operation, "no-second-page", sentence, hers.first, his.first, **about)
    second = await _follow(resource, alice, hers, hers.cursor, pagination)
    if not any(owned.marker.in_bytes(second.body) for owned in hers.owned):
        sentence = f"{alice.name}'s own cursor shows no further {resource.name} ({status_of(second)})"
        return inconclusive(operation, "no-control", sentence, hers.first, second, **about)
    for shelf in (his, hers):
        attempt = await _follow(resource, bob, shelf, hers.cursor, pagination)
        if any(owned.marker.in_bytes(attempt.body) for owned in hers.owned):
            sentence = f"with {alice.name}'s cursor {bob.name} receives what {alice.name} owns, by {operation}"
            return failed(operation, sentence, hers.first, second, attempt, **about)
    sentence = (
        f"{alice.name}'s cursor shows her second page to her and nothing of it to {bob.name} ({status_of(attempt)})"
    )
    return passed(operation, sentence, hers.first, second, attempt, **about)


async def _shelf(resource: BoundResource, verb: str, call: ListCall, user: Identity, query: str) -> Shelf:
    owned = [await resource.create(user, query=query) for _ in range(OBJECTS)]
    await resource.seen(user, owned[0], verb)
    await resource.seen(user, owned[-1], verb)
    request = resource.request(verb, owned[0])
    assert call.pagination is not None  # noqa: S101 -- the only caller has looked
    if call.pagination.limit is not None:
        request = with_query(request, call.pagination.limit, str(SIZE))
    first = await resource.lab.send(user, request, purpose="control")
    found = requests.at(requests.parsed(first.body), call.pagination.next or "/next")
    return Shelf(owned=owned, first=first, cursor=str(found) if found else None)


async def _follow(
    resource: BoundResource, user: Identity, shelf: Shelf, cursor: str, pagination: Pagination
) -> Exchange:
    request = with_query(shelf.first.request, pagination.parameter, cursor)
    return await resource.lab.send(user, request, purpose="attempt")
