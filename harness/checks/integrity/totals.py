"""A total that goes on counting what was deleted (CWE-459): a list says that there is more than anybody can find."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation

QUIET = 2.0


@check(
    severity=Severity.MEDIUM,
    catches=["integrity.total"],
    needs=Needs(operations=("create", "list", "delete"), features=("fresh-users",), waits=True),
    owasp="API3:2023",
    cwe=459,
)
async def totals(lab: Lab) -> AsyncIterator[Observation]:
    """The total of a list is one less when one of its objects is deleted."""
    for resource in lab.resources_with("create", "list", "delete"):
        if resource.spec.listing is not None and resource.spec.listing.total is not None:
            yield await _judge(resource, await lab.new_user("alice"))
        else:
            operation = resource.operation("list")
            yield skipped(operation, "not-applicable", f"{operation} is not known to tell a total", operation=operation)


async def _judge(resource: BoundResource, user: Identity) -> Observation:
    """Count what a new user has, in whose list nobody else writes, before and after one of two is deleted."""
    operation, about = resource.operation("list"), {"operation": resource.operation("list")}
    kept, doomed = await resource.create(user), await resource.create(user)
    for each in (kept, doomed):
        await resource.seen(user, each, "list")
    before, shown = await _counted(resource, user, kept)
    deleted = await resource.delete(user, doomed, purpose="attempt")
    await resource.seen(user, doomed, "list", expected=False, purpose="read-back")
    after, last = await _counted(resource, user, kept)
    if deleted.ok and after == before:  # what is counted may be kept for a moment
        await asyncio.sleep(max(QUIET, resource.spec.settle))
        after, last = await _counted(resource, user, kept)
    if before is None or after is None or before < 1 + (kept.parents == doomed.parents):
        sentence = f"{operation} tells no total of what is in it ({before}, {after})"
        return skipped(operation, "not-applicable", sentence, shown, last, **about)
    if not deleted.ok:
        sentence = f"{resource.operation('delete')} answers the owner {status_of(deleted)}"
        return inconclusive(operation, "no-control", sentence, deleted, **about)
    if after >= before:
        sentence = f"one of {before} is deleted ({deleted.status}), and {operation} counts {after} afterwards"
        return failed(operation, sentence, shown, deleted, last, **about)
    sentence = f"{operation} counts {before} before one of them is deleted, and {after} then"
    return passed(operation, sentence, shown, deleted, last, **about)


async def _counted(resource: BoundResource, user: Identity, kept: Owned) -> tuple[int | None, Exchange]:
    listing = await resource.pages(user, "list", parents=kept.parents, purpose="control")
    return listing.total, listing.exchanges[-1]
