"""Counts that give away other users' objects (CWE-200): a total moves with the own objects only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

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
LAST_PAGE = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?last\b', re.IGNORECASE)
"""A link to the last page (RFC 8288), which is as far away as there is much."""
NUMBER = re.compile(r"\d{1,9}")


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
    counts = [_counts(exchange) for exchange in shown]
    told = sorted(counts[0].keys() & counts[1].keys())
    moved = next((name for name in told if counts[0][name] != counts[2].get(name)), None)
    if moved is not None and len(listings[0].items) != len(listings[2].items):
        sentence = f"somebody else changed what {bob} has meanwhile, so {moved} may move"
        return inconclusive(operation, "no-control", sentence, *shown, **about)
    if moved is not None:
        values = f"from {counts[0][moved]} to {counts[2].get(moved)}"
        sentence = f"{alice} creates {MORE}, and {moved} in {bob}'s answer goes {values}"
        return failed(operation, sentence, *shown, **about)
    if not any(counts[1][name] != counts[3].get(name) for name in told):
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


def _counts(exchange: Exchange) -> dict[str, str]:
    """Return the headers of an answer that tell how much there is, and where a link says that the last page is."""
    headers = exchange.response.headers if exchange.response else ()
    counts = {name.lower(): value for name, value in headers if COUNT.search(name) and re.search(r"\d", value)}
    links = ", ".join(value for name, value in headers if name.lower() == "link")
    numbers = [each for link in LAST_PAGE.findall(links) for each in _numbers(link)]
    return {**counts, "the last page's link": ", ".join(numbers)} if numbers else counts


def _numbers(link: str) -> list[str]:
    """Return the parameters of a link that are plain numbers: of a cursor nobody knows what it tells."""
    return [f"{name}={value}" for name, value in parse_qsl(urlsplit(link).query) if NUMBER.fullmatch(value)]
