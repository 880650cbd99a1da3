"""A list whose pages leave something out (CWE-193): what one large page shows is on one of the small ones, too.

An offset that is one too many, or an order that is another one for each page, hides objects from whoever turns pages.
Lists in which others write meanwhile may move; so it counts only what is left out again on a second walk. A link to the
next page that leads nowhere hides all that follows from whoever believes it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from harness import requests
from harness.checks.isolation.next_page import MORE, told
from harness.expect import failed, passed, skipped, status_of
from harness.lab.resource import with_query
from harness.lab.resource.paging import MAX_PAGES
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Listing
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import ListCall

EACH, SMALL, LARGE = 4, 2, 20
WALKS = 2
GONE = frozenset({404, 405, 410})


@check(
    severity=Severity.MEDIUM,
    catches=["integrity.pages"],
    needs=Needs(operations=("create", "list"), waits=True, exclusive=True),
    owasp="API9:2023",
    cwe=193,
)
async def whole_pages(lab: Lab) -> AsyncIterator[Observation]:
    """Whatever a list shows on one page, it shows on several."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create", "list"):
        call = resource.spec.listing
        if call is not None and call.pagination is not None and call.pagination.limit is not None:
            yield await _judge(resource, user, call)
        elif call is not None:
            sentence = f"{call.operation} is said to have no pages of a size that can be asked for"
            yield skipped(call.operation, "not-applicable", sentence)


async def _judge(resource: BoundResource, user: Identity, call: ListCall) -> Observation:
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
        if not await _is_understood(resource, user, call, small):
            sentence = f"{operation} takes {call.pagination and call.pagination.parameter} for something else"
            return skipped(operation, "not-applicable", sentence, *shown, **about)
        missed &= told - {str(each) for each in small.ids}
        if not missed and (astray := await _astray(resource, user, call, small)) is not None:
            sentence = f"the link to the next page that {operation} gives is answered {status_of(astray)}"
            return failed(operation, sentence, small.exchanges[0], astray, *small.exchanges[1:2], **about)
        if not missed:
            sentence = f"what {operation} shows on a page of {LARGE} is on pages of {SMALL} as well"
            return passed(operation, sentence, *shown, **about)
    sentence = f"{operation} shows on a page of {LARGE} what is on none of {len(small.exchanges)} pages of {SMALL}"
    return failed(operation, sentence, *shown, **about)


def _reached(whole: Listing, small: Listing) -> tuple[object, ...]:
    """Return what small pages must have shown by the time they were left, if they were left before their end."""
    return whole.ids[: len(small.ids) - EACH] if len(small.exchanges) == MAX_PAGES else whole.ids


async def _is_understood(resource: BoundResource, user: Identity, call: ListCall, small: Listing) -> bool:
    """Whether pages are numbered from one, or an offset counts items: else it is us who leave out something.

    An offset of one shows most of what a page of EACH showed without, and a second page of that size nothing of it.
    """
    pagination, first = call.pagination, small.exchanges[0]
    if pagination is None or pagination.limit is None or pagination.style not in {"page", "offset"}:
        return True
    size = SMALL if pagination.style == "page" else EACH
    plain = with_query(first.request, pagination.limit, str(size))
    answers = [
        await resource.lab.send(user, request, purpose="control")
        for request in (plain, with_query(plain, pagination.parameter, "1"))
    ]
    here, there = [_ids(each, call) for each in answers]
    return here == there if pagination.style == "page" else bool(set(here) & set(there))


async def _astray(resource: BoundResource, user: Identity, call: ListCall, small: Listing) -> Exchange | None:
    """Return the refusal that a link to the next page leads to; None where it leads on, or there is none to follow."""
    first, pagination = small.exchanges[0], call.pagination
    if pagination is None:
        return None
    own, said = first.request.target.partition("?")[0], told("", requests.parsed(first.body), call.items)
    links = [value for name, value in said if MORE.search(name) and isinstance(value, str)]
    for link in (each for each in links if f"{pagination.parameter}=" in each):
        parts = urlsplit(urljoin(first.request.target, link))
        if parts.netloc or own.endswith(parts.path):  # whoever stands in front may be named, or where the API begins
            continue
        request = replace(first.request, target=f"{parts.path}?{parts.query}", operation=None)
        answer = await resource.lab.send(user, request, purpose="attempt")
        if answer.status in GONE:
            return answer
    return None


def _ids(exchange: Exchange, call: ListCall) -> list[str]:
    """Return the identifiers on a page."""
    items = requests.array(requests.parsed(exchange.body), call.items) or []
    return [str(requests.at(item, call.id)) for item in items]
