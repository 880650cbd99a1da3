"""A list whose pages leave something out (CWE-193): what one large page shows is on one of the small ones, too.

An offset that is one too many, or an order that is another one for each page, hides objects from whoever turns pages.
Lists in which others write meanwhile may move; so it counts only what is left out again on a second walk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, passed, skipped
from harness.lab.resource.paging import MAX_PAGES
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Listing
    from harness.model import Identity, Observation

EACH, SMALL, LARGE = 4, 2, 20
WALKS = 2


@check(
    severity=Severity.MEDIUM,
    catches=["integrity.pages"],
    needs=Needs(operations=("create", "list"), waits=True),
    owasp="API9:2023",
    cwe=193,
)
async def whole_pages(lab: Lab) -> AsyncIterator[Observation]:
    """Whatever a list shows on one page, it shows on several."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create", "list"):
        call = resource.spec.listing
        if call is not None and call.pagination is not None and call.pagination.limit is not None:
            yield await _judge(resource, user)
        elif call is not None:
            sentence = f"{call.operation} is said to have no pages of a size that can be asked for"
            yield skipped(call.operation, "not-applicable", sentence)


async def _judge(resource: BoundResource, user: Identity) -> Observation:
    operation, about = resource.operation("list"), {"operation": resource.operation("list")}
    made = [await resource.create(user) for _ in range(EACH)]
    for each in made:
        await resource.seen(user, each, "list")
    await resource.settle(made[-1])
    missed = {str(each.id) for each in made}
    for _ in range(WALKS):
        whole, small = [
            await resource.pages(user, "list", parents=made[0].parents, limit=size, purpose="attempt")
            for size in (LARGE, SMALL)
        ]
        shown = (whole.exchanges[0], *small.exchanges)
        told = {str(each.id) for each in made} & {str(each) for each in _reached(whole, small)}
        if not whole.ok or not small.ok or len(told) <= SMALL or len(small.exchanges) <= len(whole.exchanges):
            sentence = f"{operation} does not show {EACH} own ones on a page of {LARGE} and on several of {SMALL}"
            return skipped(operation, "not-seen", sentence, *shown, **about)
        missed &= told - {str(each) for each in small.ids}
        if not missed:
            sentence = f"what {operation} shows on a page of {LARGE} is on pages of {SMALL} as well"
            return passed(operation, sentence, *shown, **about)
    sentence = f"{operation} shows on a page of {LARGE} what is on none of {len(small.exchanges)} pages of {SMALL}"
    return failed(operation, sentence, *shown, **about)


def _reached(whole: Listing, small: Listing) -> tuple[object, ...]:
    """Return what small pages must have shown by the time they were left, if they were left before their end."""
    return whole.ids[: len(small.ids) - EACH] if len(small.exchanges) == MAX_PAGES else whole.ids
