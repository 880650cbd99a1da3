"""A next page that is there only because of what others have (CWE-200): what is told beside a list is the own, too.

A page with room left shows everything that one has. Some services name a next page all the same, always; but one that
does so only for small pages has reckoned with objects that the user does not get.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import ListCall

EACH = 2
MORE = re.compile(r"next|more", re.IGNORECASE)
"""Names under which answers say that there is more: next, next_page_url, nextCursor, has_more and the like."""
NEXT_LINK = re.compile(r';[^,]*\brel="?next\b', re.IGNORECASE)


@check(
    severity=Severity.MEDIUM,
    catches=["isolation.count"],
    needs=Needs(users=2, operations=("create", "list")),
    owasp="API3:2023",
    cwe=200,
)
async def next_page(lab: Lab) -> AsyncIterator[Observation]:
    """A list names no next page for what others have."""
    for resource in lab.private_with("create", "list"):
        call = resource.spec.listing
        if call is not None and call.pagination is not None and call.pagination.limit is not None:
            alice, bob = await lab.two_users()
            yield await _ask(resource, call, alice, bob)
        elif call is not None:
            sentence = f"{call.operation} is said to have no pages of a size that can be asked for"
            yield skipped(call.operation, "not-applicable", sentence)


async def _ask(resource: BoundResource, call: ListCall, alice: Identity, bob: Identity) -> Observation:
    """Bob asks for pages of the usual size, with room for one more than he has, and of one object."""
    operation, names = call.operation, (alice.name, bob.name)
    about = {"operation": operation, "users": names, "cell": isolation_cell(f"{operation} (next page)", *names)}
    hers, his = [[await resource.create(user) for _ in range(EACH)] for user in (alice, bob)]
    for owned in (hers[-1], *his):
        await resource.seen(owned.owner, owned, "list")
    parents = his[0].parents

    async def page(limit: int | None) -> tuple[Exchange, list[Any]]:
        exchange = (await resource.pages(bob, "list", parents=parents, limit=limit)).exchanges[0]
        items = requests.array(requests.parsed(exchange.body), call.items) or []
        return exchange, [str(requests.at(item, call.id)) for item in items]

    usual, ids = await page(None)
    roomy, same = await page(len(ids) + 1)
    single, one = await page(1)
    shown = (usual, roomy, single)
    if not {str(owned.id) for owned in his} <= set(ids) or same != ids or more(usual, call.items):
        sentence = f"{operation} does not show all of {bob.name}'s {resource.name}s on one page that is the last"
        return inconclusive(operation, "no-control", sentence, *shown, **about)
    told = more(roomy, call.items)
    if told is not None:
        sentence = f"{bob.name} gets all {len(ids)} own by {operation}, up to {len(ids) + 1} a page, with {told}"
        return failed(operation, f"{sentence}, but none in larger pages: others' are counted", *shown, **about)
    if len(one) != 1 or more(single, call.items) is None:
        sentence = f"{operation} does not tell by a name that is known whether there is a next page"
        return skipped(operation, "not-applicable", sentence, *shown, **about)
    sentence = f"{operation} names a next page where {bob.name} has more, and none where only {alice.name} has"
    return passed(operation, sentence, *shown, **about)


def more(exchange: Exchange, items: str) -> str | None:
    """Return what of an answer says that there is a next page; None where nothing does."""
    link = exchange.response.header("Link") if exchange.response else None
    if link is not None and NEXT_LINK.search(link):
        return "a link to a next page"
    said = (name for name, value in told("", requests.parsed(exchange.body), items) if MORE.search(name) and value)
    return next(said, None)


def told(place: str, node: Any, items: str) -> Iterator[tuple[str, Any]]:
    """Walk the places of the values beside the items."""
    if place and place in items.split("|"):
        return
    if isinstance(node, dict):
        for name, each in node.items():
            yield from told(f"{place}/{name}", each, items)
    else:
        yield place, node
