"""Counts that give away other users' objects (CWE-200): a total moves with the own objects only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.lab.resource import MAX_PAGES
from harness.model import Needs, Outcome, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import BoundResource, Lab, Listing
    from harness.model import Exchange, Identity, Observation


MORE = 3
COUNT = re.compile(r"total|count|content-range|pagination", re.IGNORECASE)
"""Names of headers that tell how much there is: X-Total-Count, Content-Range, X-Pagination and the like."""


@check(
    severity=Severity.MEDIUM,
    catches=["isolation.count"],
    needs=Needs(users=2, operations=("create", "list"), exclusive=True, waits=True),
    owasp="API3:2023",
    cwe=200,
)
async def count_of_foreign_objects(lab: Lab) -> AsyncIterator[Observation]:
    """A total counts the own objects only, in a body or a header."""
    for resource in lab.private_with("create", "list"):
        alice, bob = await lab.two_users()
        seen = await _count(resource, alice, bob)
        lags = resource.spec.settle and seen.outcome not in {Outcome.PASSED, Outcome.SKIPPED}
        yield await _count(resource, alice, bob, in_time=True) if lags else seen


async def _count(resource: BoundResource, alice: Identity, bob: Identity, *, in_time: bool = False) -> Observation:
    """Count before and after others create; with `in_time` only when all that was created has to show."""
    own, first = await resource.create(bob), await resource.create(alice)
    if in_time:
        await resource.settle(first)

    async def counted() -> tuple[Listing, Listing]:
        his = await resource.pages(bob, "list", parents=own.parents)
        return his, await resource.pages(alice, "list", parents=first.parents)

    before = await counted()
    more = [await resource.create(alice) for _ in range(MORE)]
    if in_time:
        await resource.settle(more[-1])
    listings = (*before, *await counted())
    operation, names = resource.operation("list"), (alice.name, bob.name)
    about: dict[str, Any] = {
        "operation": operation,
        "users": names,
        "cell": isolation_cell(f"{operation} (total)", *names),
    }
    found = _of_headers(listings, names, about)
    if found.outcome is Outcome.FAILED or resource.spec.listing is None or resource.spec.listing.total is None:
        return found
    # Of users that are given, others create as well.
    return _of_body(listings, names, about, alone=resource.lab.session.introductions.fresh)


def _of_headers(listings: Sequence[Listing], names: tuple[str, str], about: dict[str, Any]) -> Observation:
    """Judge headers of Bob's answer, before and after Alice creates, that move with hers."""
    operation, (alice, bob) = about["operation"], names
    shown = [listing.exchanges[0] for listing in listings]
    told = sorted(_counts(shown[0]) & _counts(shown[1]))
    moved = next((name for name in told if _value(shown[0], name) != _value(shown[2], name)), None)
    if moved is not None and len(listings[0].items) != len(listings[2].items):
        sentence = f"somebody else changed what {bob} has meanwhile, so {moved} may move"
        return inconclusive(operation, "no-control", sentence, *shown, **about)
    if moved is not None:
        values = f"from {_value(shown[0], moved)} to {_value(shown[2], moved)}"
        sentence = f"{alice} creates {MORE}, and {moved} in {bob}'s answer goes {values}"
        return failed(operation, sentence, *shown, **about)
    if not any(_value(shown[1], name) != _value(shown[3], name) for name in told):
        return skipped(operation, "not-applicable", f"{operation} tells no total", *shown, **about)
    sentence = f"{alice} creates {MORE}: {', '.join(told)} in {bob}'s answer stay as they are"
    return passed(operation, sentence, *shown, **about)


def _of_body(listings: Sequence[Listing], names: tuple[str, str], about: dict[str, Any], *, alone: bool) -> Observation:
    operation, (alice, bob) = about["operation"], names
    shown, held = [listing.exchanges[0] for listing in listings], listings[0].items
    his, hers, his_after, hers_after = (listing.total for listing in listings)
    if his is None or hers is None or his_after is None or hers_after is None:
        sentence = f"{operation} shows no total where the scenario says"
        return inconclusive(operation, "no-control", sentence, *shown, **about)
    risen = f"{alice} creates {MORE} and the total goes from {hers} to {hers_after}"
    disturbed = hers_after - hers != MORE
    if disturbed and not alone:
        return inconclusive(operation, "no-control", risen, *shown, **about)
    if his_after != his:
        sentence = f"{alice} creates {MORE}, and {bob}'s total goes from {his} to {his_after}"
        return failed(operation, sentence, *shown, **about)
    if held and his > len(held) and len(listings[0].exchanges) < MAX_PAGES:
        sentence = f"{bob}'s total says {his}, all pages together hold {len(held)}"
        return failed(operation, sentence, *shown, **about)
    if disturbed or not held:
        return inconclusive(operation, "no-control", risen, *shown, **about)
    sentence = f"{alice} creates {MORE}: her total rises by {MORE}, {bob}'s stays at {his}"
    return passed(operation, sentence, *shown, **about)


def _counts(exchange: Exchange) -> set[str]:
    """Return the headers of an answer that tell how much there is."""
    headers = exchange.response.headers if exchange.response else ()
    return {name.lower() for name, value in headers if COUNT.search(name) and any(each.isdigit() for each in value)}


def _value(exchange: Exchange, name: str) -> str | None:
    return exchange.response.header(name) if exchange.response else None
