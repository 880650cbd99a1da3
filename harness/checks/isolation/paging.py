"""Leaks behind the first page (CWE-639): small pages, objects of two users interleaved, and one page too many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.lab.resource import with_query
from harness.model import Needs, Outcome, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Listing, Owned
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import ListCall

SMALL = (1, 2)
EACH = 2
TOO_LARGE = 10


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.list", "isolation.search"],
    needs=Needs(users=2, operations=("create", "list")),
    owasp="API1:2023",
    cwe=639,
)
async def paging(lab: Lab) -> AsyncIterator[Observation]:
    """No page of a list or a search, and none after the last, shows another user's object."""
    for resource in lab.private_with("create", "list"):
        for verb in ("list", "search"):
            call = resource.spec.listing if verb == "list" else resource.spec.search
            if call is not None and call.pagination is not None and call.pagination.limit is not None:
                alice, bob = await lab.two_users()
                seen = await _walk(resource, verb, call, alice, bob)
                lags = resource.spec.settle and seen.outcome is Outcome.INCONCLUSIVE
                yield await _walk(resource, verb, call, alice, bob, in_time=True) if lags else seen
            elif call is not None:
                sentence = f"{call.operation} is said to have no pages of a size that can be asked for"
                yield skipped(call.operation, "not-applicable", sentence)


async def _walk(
    resource: BoundResource, verb: str, call: ListCall, alice: Identity, bob: Identity, *, in_time: bool = False
) -> Observation:
    """Walk the pages as Bob; with `in_time` only when all that both have created has to show."""
    operation, lab = call.operation, resource.lab
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (pages)", alice.name, bob.name),
    }
    least = _least(lab, call)
    if least > TOO_LARGE:
        sentence = f"pages of {operation} hold {least} at least, more than is created here"
        return skipped(operation, "not-applicable", sentence, **about)
    hers, his = await _interleaved(resource, verb, alice, bob, least)
    control = await resource.seen(alice, hers[0], verb)
    if not control.found:
        sentence = f"{alice.name} does not find the own {resource.name} by {operation}"
        return inconclusive(operation, "no-control", sentence, control.last, **about)
    if in_time:
        await resource.settle(hers[-1])
    walked = []
    for size in (*sorted({max(least, each) for each in SMALL}), None):
        listing = await resource.pages(bob, verb, parents=his[0].parents, marker=his[0].marker, limit=size)
        pages = (*listing.exchanges, *await _beyond(resource, call, bob, listing))
        walked.append((listing, pages))
        leak = next((page for page in pages if any(owned.marker.told_by(page) for owned in hers)), None)
        if leak is not None:
            number = pages.index(leak) + 1
            place = f"page {number} of {len(pages)}, {size or 'as many as usual'} a page"
            sentence = f"{bob.name} finds {alice.name}'s {resource.name} by {operation}, on {place}"
            created = sorted((owned.created for owned in (*hers, *his)), key=lambda each: each.id)
            return failed(operation, sentence, *created, control.last, *pages[:number], **about)
    return _judge(walked, his, alice, about)


def _judge(
    walked: list[tuple[Listing, tuple[Exchange, ...]]], his: list[Owned], alice: Identity, about: dict[str, Any]
) -> Observation:
    """Nothing leaked: that says something where Bob found all his own, on more pages than one."""
    operation, bob = about["operation"], his[0].owner
    for listing, pages in walked:
        complete = all(any(owned.marker.in_bytes(page.body) for page in pages) for owned in his)
        if complete and len(listing.exchanges) > 1:
            sentence = (
                f"{bob.name} finds all {len(his)} own objects on {len(listing.exchanges)} pages of {operation}, and on "
                f"none of them what {alice.name} created before, between and after them"
            )
            return passed(operation, sentence, *pages[-2:], **about)
    first = walked[0][1][0]
    sentence = f"{bob.name} does not find {len(his)} own objects on several pages of {operation} ({status_of(first)})"
    return inconclusive(operation, "no-second-page", sentence, first, **about)


def _least(lab: Lab, call: ListCall) -> int:
    """Return the smallest page that the document allows, 1 where it does not say."""
    operation, pagination = lab.operation(call.operation), call.pagination
    if operation is None or pagination is None:
        return 1
    schemas = [each.schema for each in operation.parameters if each.name == pagination.limit]
    least = schemas[0].get("minimum", 1) if schemas else 1
    return max(1, int(least)) if isinstance(least, int | float) else 1


async def _interleaved(
    resource: BoundResource, verb: str, alice: Identity, bob: Identity, least: int
) -> tuple[list[Owned], list[Owned]]:
    """Let objects of both follow each other, the other user's on both ends: whatever the order, some lie behind."""
    query = resource.lab.session.markers.issue(resource.lab.key(bob)).query
    hers, his = [await resource.create(alice, query=query)], []
    for _ in range(EACH):
        his += [await resource.create(bob, query=query) for _ in range(max(EACH, least))]
        hers.append(await resource.create(alice, query=query))
    for owned in his:
        await resource.seen(bob, owned, verb)
    return hers, his


async def _beyond(resource: BoundResource, call: ListCall, user: Identity, listing: Listing) -> list[Exchange]:
    """Ask for the page after the last one, where pages are numbered or counted."""
    pagination, last = call.pagination, listing.exchanges[-1]
    if pagination is None or pagination.style not in {"offset", "page"} or not last.ok:
        return []
    following = len(listing.items) if pagination.style == "offset" else len(listing.exchanges) + 1
    request = with_query(last.request, pagination.parameter, str(following))
    return [await resource.lab.send(user, request, purpose="attempt")]
