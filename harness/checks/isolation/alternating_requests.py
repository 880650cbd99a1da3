"""Pooled connections that keep their last user (CWE-488): strict alternation, more often than any pool is large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned, View
    from harness.model import Identity, Observation


TURNS = 60
EACH = 5
REUSE = 2
"""How often the pool is gone through at least, with one connection to spare."""


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.pooled-connection"],
    needs=Needs(users=2, operations=("create",), features=("plenty",)),
    owasp="API1:2023",
    cwe=488,
    mode="many",
)
async def alternating_requests(lab: Lab) -> AsyncIterator[Observation]:
    """A connection that served one user serves the next one as the next one."""
    alice, bob = await lab.two_users()
    for resource in lab.private_with("create"):
        verb = next((each for each in ("list", "search", "read") if each in resource.looks), None)
        if verb is not None:
            yield await _alternate(resource, verb, alice, bob)


async def _alternate(resource: BoundResource, verb: str, alice: Identity, bob: Identity) -> Observation:
    operation = resource.operation(verb)
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (alternating)", alice.name, bob.name),
    }
    objects = [await resource.create(alice), await resource.create(bob)]
    for owned in objects:
        view = await resource.seen(owned.owner, owned, verb)
        if not view.found:
            return inconclusive(
                operation,
                "no-control",
                f"{owned.owner.name} does not find the own {resource.name} before",
                view.last,
                **about,
            )
    for turn in range(TURNS):
        owned, other = objects[turn % 2], objects[1 - turn % 2]
        if turn % EACH == 1 and resource.spec.delete is not None:
            await _fail(resource, other)
        mine = await _mine(resource, owned, verb)
        if other.marker.in_bytes(mine.last.body) or await _sees(resource, owned.owner, other, verb, turn):
            return failed(
                operation,
                f"in turn {turn + 1} {owned.owner.name} receives what {other.owner.name} owns",
                other.created,
                mine.last,
                **about,
            )
        if not mine.found and resource.settled(owned):
            return _lost(resource, owned, turn, mine, about)
    sentence = f"in {TURNS} turns each of the two found the own {resource.name} and never the other's"
    size = resource.lab.scenario.target.pool_size
    if size is None or REUSE * (size + 1) >= TURNS:
        known = "nobody says how many connections there are" if size is None else f"there are up to {size} connections"
        return skipped(operation, "not-offered", f"{sentence}; {known}, so none need have served both", mine.last)
    return passed(operation, f"{sentence}, on at most {size} connections", mine.last, **about)


def _lost(resource: BoundResource, owned: Owned, turn: int, mine: View, about: dict[str, Any]) -> Observation:
    """Return what it means that an owner no longer finds the own object.

    With users that other checks share it may have moved to a page that nobody knows how to ask for.
    """
    sentence = f"in turn {turn + 1} {owned.owner.name} does not find the own {resource.name}"
    if resource.lab.session.introductions.fresh:
        return failed(about["operation"], sentence, owned.created, mine.last, **about)
    sentence = f"{sentence}, to whom other checks have given more meanwhile"
    return inconclusive(about["operation"], "unclear", sentence, owned.created, mine.last, **about)


async def _mine(resource: BoundResource, owned: Owned, verb: str) -> View:
    """Look for the own object; once more where other checks delete what is the same user's, so that pages move."""
    view = await resource.look(owned.owner, owned, verb, purpose="control")
    if view.found or resource.lab.session.introductions.fresh:
        return view
    return await resource.look(owned.owner, owned, verb, purpose="control")


async def _sees(resource: BoundResource, user: Identity, other: Owned, verb: str, turn: int) -> bool:
    """Look for the other's object too, in some turns: a list shows it anyhow, a read only when asked."""
    return turn % EACH == 0 and (await resource.look(user, other, verb, purpose="attempt")).found


async def _fail(resource: BoundResource, owned: Owned) -> None:
    """Let a request of the object's owner fail halfway: what it leaves on a connection meets the next one."""
    request = resource.request("delete", owned, identifier=resource.unknown_id(owned))
    await resource.lab.send(owned.owner, request, purpose="control")
