"""One query for each item of a page (CWE-1073): a list whose time grows with what it shows, far more than its bytes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness import requests
from harness.checks.latency._timing import low
from harness.expect import failed, inconclusive, passed, skipped
from harness.lab.resource.paging import with_query
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation

ITEMS = 40
PAIRS = 25
AT_ONCE = 8
MOST = 0.15
"""Milliseconds that one more item on a page may take."""


@check(
    severity=Severity.MEDIUM,
    catches=["latency.growth"],
    needs=Needs(
        users=1, operations=("create", "list"), features=("plenty", "load"), exclusive=True, slow=True, timed=True
    ),
    owasp="API4:2023",
    cwe=1073,
    mode="many",
)
async def growth(lab: Lab) -> AsyncIterator[Observation]:
    """A page of many items takes hardly longer than a page of one."""
    load = lab.scenario.load
    user = await lab.user("alice", load.claims if load else None)
    for resource in lab.resources_with("create", "list"):
        call = resource.spec.listing
        if resource.spec.parent is None and call is not None:
            size = call.pagination.limit if call.pagination is not None else None
            sentence = f"the size of a page of {call.operation} cannot be asked for"
            yield await _grow(resource, user, size) if size else skipped(call.operation, "not-applicable", sentence)


async def _grow(resource: BoundResource, user: Identity, size: str) -> Observation:
    """Ask for a page of one and a page of many in turn."""
    operation, lab = resource.operation("list"), resource.lab
    owned = await resource.create(user)
    for _ in range(0, ITEMS, AT_ONCE):
        await asyncio.gather(*(resource.create(user) for _ in range(AT_ONCE)))
    plain = resource.request("list", owned)
    one, many = [], []
    for _ in range(PAIRS):
        one.append(await lab.send(user, with_query(plain, size, "1"), purpose="timing"))
        many.append(await lab.send(user, with_query(plain, size, str(ITEMS)), purpose="timing"))
    small, large = _items(resource, one[-1]), _items(resource, many[-1])
    more = large - small
    if more < ITEMS // 2:
        sentence = f"{operation} shows {small} and {large} items: too much alike to compare"
        return inconclusive(operation, "no-control", sentence, one[-1], many[-1])
    each = (low(many) - low(one)) / more
    said = f"a page of one takes {low(one):.1f} ms, {more} items more {low(many) - low(one):.1f} ms"
    if each > MOST:
        return failed(operation, f"{said}: {each:.1f} ms for each item of {operation}", one[-1], many[-1])
    return passed(operation, f"{said}: {each:.2f} ms for each item of {operation}", one[-1], many[-1])


def _items(resource: BoundResource, exchange: Exchange) -> int:
    call = resource.spec.listing
    return len(requests.array(requests.parsed(exchange.body), call.items) or []) if call is not None else 0
