"""Counts that give away other users' objects (CWE-200): a total moves with the own objects only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, isolation_cell, passed
from harness.lab.resource import MAX_PAGES
from harness.model import Needs, Outcome, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation


MORE = 3


@check(
    severity=Severity.MEDIUM,
    catches=["isolation.count"],
    needs=Needs(users=2, operations=("create", "list"), features=("totals",), exclusive=True, waits=True),
    owasp="API3:2023",
    cwe=200,
)
async def count_of_foreign_objects(lab: Lab) -> AsyncIterator[Observation]:
    """A total counts the own objects only."""
    for resource in lab.private_with("create", "list"):
        call = resource.spec.listing
        if call is not None and call.total is not None:
            alice, bob = await lab.two_users()
            seen = await _count(resource, alice, bob)
            lags = resource.spec.settle and seen.outcome is not Outcome.PASSED
            yield await _count(resource, alice, bob, in_time=True) if lags else seen


async def _count(resource: BoundResource, alice: Identity, bob: Identity, *, in_time: bool = False) -> Observation:
    """Count before and after others create; with `in_time` only when all that was created has to show."""
    operation = resource.operation("list")
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (total)", alice.name, bob.name),
    }
    own = await resource.create(bob)
    parents = own.parents
    first = await resource.create(alice)
    if in_time:
        await resource.settle(first)
    counted = [
        await resource.pages(bob, "list", parents=parents),
        await resource.pages(alice, "list", parents=first.parents),
    ]
    more = [await resource.create(alice) for _ in range(MORE)]
    if in_time:
        await resource.settle(more[-1])
    counted += [
        await resource.pages(bob, "list", parents=parents),
        await resource.pages(alice, "list", parents=first.parents),
    ]
    bob_before, alice_before, bob_after, alice_after = (listing.total for listing in counted)
    shown = [listing.exchanges[0] for listing in counted]
    if bob_before is None or alice_before is None or bob_after is None or alice_after is None:
        return inconclusive(
            operation, "no-control", f"{operation} shows no total where the scenario says", *shown, **about
        )
    alone = resource.lab.session.introductions.fresh  # else other checks create in the same names meanwhile
    disturbed = alice_after - alice_before != MORE
    if disturbed and not alone:
        sentence = f"{alice.name} creates {MORE} and the total goes from {alice_before} to {alice_after}"
        return inconclusive(operation, "no-control", sentence, *shown, **about)
    if bob_after != bob_before:
        sentence = f"{alice.name} creates {MORE}, and {bob.name}'s total goes from {bob_before} to {bob_after}"
        return failed(operation, sentence, *shown, **about)
    held = counted[0].items
    if held and bob_before > len(held) and len(counted[0].exchanges) < MAX_PAGES:
        sentence = f"{bob.name}'s total says {bob_before}, all pages together hold {len(held)}"
        return failed(operation, sentence, *shown, **about)
    if disturbed or not held:
        sentence = f"{alice.name} creates {MORE} and the total goes from {alice_before} to {alice_after}"
        return inconclusive(operation, "no-control", sentence, *shown, **about)
    return passed(
        operation,
        f"{alice.name} creates {MORE}: her total rises by {MORE}, {bob.name}'s stays at {bob_before}",
        *shown,
        **about,
    )
