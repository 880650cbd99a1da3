"""Search results that others' objects move (CWE-203): they take no places, and change no rank or score.

Where hits are limited before they are filtered by owner, others crowd one's own out; where words are weighed by how
often all users have them, scores tell what others wrote (Wang et al., "Side-Channel Attacks on Shared Search Indexes").
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.lab.resource import with_query
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation, Request

    Hits = dict[str, dict[str, float]]  # the numbers of each result, by its identifier

OWN, FOREIGN = 3, 6
SIZE = re.compile(r"top_?k|k|n|limit|size|count|(page|per|max)_?(size|page|results|hits)", re.IGNORECASE)
"""Names under which a search is told how many results it may return."""


@check(
    severity=Severity.MEDIUM,
    catches=["isolation.crowding"],
    needs=Needs(users=2, operations=("create", "search"), exclusive=True, waits=True),
    owasp="API3:2023",
    cwe=203,
)
async def crowding(lab: Lab) -> AsyncIterator[Observation]:
    """A search finds the own, in the same places and with the same scores, whatever others have that fits as well."""
    for resource in lab.private_with("create", "search"):
        alice, bob = await lab.two_users()
        yield await _crowd(resource, alice, bob)


async def _crowd(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    """Bob asks before Alice creates what fits as well, afterwards, and once more after as long a time as that took."""
    operation, lab = resource.operation("search"), resource.lab
    names = (alice.name, bob.name)
    about = {"operation": operation, "users": names, "cell": isolation_cell(f"{operation} (crowding)", *names)}
    query = lab.session.markers.issue(lab.key(bob)).query
    his = [await resource.create(bob, query=query) for _ in range(OWN)]
    for owned in his:
        await resource.seen(bob, owned, "search")
    request = await _request(resource, his[0])
    started = time.monotonic()
    before = await _hits(resource, bob, request)
    hers = [await resource.create(alice, query=query) for _ in range(FOREIGN)]
    shown = await resource.seen(alice, hers[-1], "search")  # by then what was created before it shows, too
    after = await _hits(resource, bob, request)
    if not shown.found or not {str(owned.id) for owned in his} <= before[1].keys():
        sentence = f"{operation} does not show each user all that fits of the own {resource.name}s"
        return inconclusive(operation, "no-control", sentence, before[0], shown.last, **about)
    crossed = [await resource.look(alice, his[0], "search"), await resource.look(bob, hers[-1], "search")]
    if any(view.found for view in crossed):
        sentence = f"{operation} shows users each other's, so it is known anyway what there is"
        return inconclusive(operation, "no-control", sentence, *(view.last for view in crossed), **about)
    if not after[0].ok:
        sentence = f"{operation} answers {bob.name} {status_of(after[0])}"
        return inconclusive(operation, "unclear", sentence, before[0], after[0], **about)
    found = next(_moved(before[1], after[1]), None)
    if found is not None:
        await asyncio.sleep(time.monotonic() - started)
        later = await _hits(resource, bob, request)
        if later[1] == after[1]:
            sentence = f"{alice.name} creates {FOREIGN} {resource.name}s that fit as well, and {found} by {operation}"
            return failed(operation, sentence, before[0], shown.last, after[0], later[0], **about)
        sentence = f"what {operation} tells of {bob.name}'s {resource.name}s moves by itself"
        return skipped(operation, "not-applicable", sentence, before[0], after[0], later[0], **about)
    sentence = f"{operation} shows {bob.name} the same as before, whatever fits as well of {alice.name}'s"
    return passed(operation, sentence, before[0], shown.last, after[0], **about)


async def _request(resource: BoundResource, own: Owned) -> Request:
    """Return a search for as many results as there are own ones, of the usual size where no size can be asked for."""
    call = resource.spec.search
    assert call is not None  # noqa: S101 -- the check needs a search
    plain, small = resource.request("search", own), None
    if isinstance(call.body, dict) and (names := [each for each in call.body if _is_size(each, call.body[each])]):
        fewer = call.model_copy(update={"body": {**call.body, **dict.fromkeys(names, OWN)}})
        small = resource.request("search", own, call=fewer)
    elif call.pagination is not None and call.pagination.limit is not None:
        small = with_query(plain, call.pagination.limit, str(OWN))
    elif names := [each for each in call.query if _is_size(each, call.query[each])]:
        small = with_query(plain, names[0], str(OWN))
    if small is None or not (await resource.lab.send(own.owner, small, purpose="control")).ok:
        return plain
    return small


def _is_size(name: str, value: Any) -> bool:
    return SIZE.fullmatch(name) is not None and str(value).isdecimal()


async def _hits(resource: BoundResource, user: Identity, request: Request) -> tuple[Exchange, Hits]:
    call = resource.spec.search
    assert call is not None  # noqa: S101 -- the check needs a search
    exchange = await resource.lab.send(user, request, purpose="attempt")
    items = requests.array(requests.parsed(exchange.body), call.items) or []
    return exchange, {str(requests.at(item, call.id)): _numbers(item) for item in items if isinstance(item, dict)}


def _numbers(item: dict[str, Any]) -> dict[str, float]:
    return {name: each for name, each in item.items() if isinstance(each, int | float) and not isinstance(each, bool)}


def _moved(before: Hits, after: Hits) -> Iterator[str]:
    """Walk what became of results in the meantime, in words."""
    for identifier, numbers in before.items():
        if identifier not in after:
            yield f"{len(before)} own results are {len(after)}"
        else:
            for name, value in numbers.items():
                if after[identifier].get(name) != value:
                    yield f"{name} of an own result goes from {value} to {after[identifier].get(name)}"
