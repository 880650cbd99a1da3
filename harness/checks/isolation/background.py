"""Work that is done later for somebody else (CWE-488): objects of two users, created at once, then looked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Identity, Observation

WAVES = 5
AT_ONCE = 3
PACE = 0.25


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.background"],
    needs=Needs(users=2, operations=("create", "search"), features=("plenty",)),
    owasp="API1:2023",
    cwe=488,
    mode="many",
)
async def background(lab: Lab) -> AsyncIterator[Observation]:
    """Work done in the background is done for the user who asked for it."""
    for resource in lab.private_with("create", "search"):
        alice, bob = await lab.two_users()
        if resource.spec.settle:
            yield await _together(resource, alice, bob)
        else:
            operation = resource.operation("search")
            sentence = f"a {resource.name} is found by {operation} at once, so nothing is left for the background"
            yield skipped(operation, "not-applicable", sentence, operation=operation)


async def _together(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    operation = resource.operation("search")
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (background)", alice.name, bob.name),
    }
    objects: list[Owned] = []
    for _ in range(WAVES):
        objects += await asyncio.gather(*(resource.create(user) for user in (alice, bob) * AT_ONCE))
    missing = await _not_found(resource, objects)
    leak = await _foreign(resource, objects, alice, bob)
    if leak is not None:
        sentence = f"after both created at once, {leak[1].name} finds {leak[0].owner.name}'s {resource.name}"
        return failed(operation, sentence, leak[0].created, **about)
    late: list[Owned] = []
    for user in (alice, bob):  # one after the other: nobody else asks for anything before it is found
        late += await _not_found(resource, [await resource.create(user)])
    still = await _not_found(resource, missing, seconds=0)
    return _judge(resource, objects, still, late, about)


def _judge(
    resource: BoundResource, objects: list[Owned], still: list[Owned], late: list[Owned], about: dict[str, Any]
) -> Observation:
    """An object that is not found counts only where one that was created later is: by itself, or in a later wave."""
    operation, seconds = about["operation"], resource.spec.settle
    overtaken = _overtaken(objects, still)
    if late and overtaken:
        sentence = (
            f"{len(overtaken)} of {len(objects)} objects that two users created at once are never found by their owner "
            f"({operation}), while others that were created after them are"
        )
        return failed(operation, sentence, *(owned.created for owned in overtaken[:2]), **about)
    if late and still:
        sentence = f"nothing is found by {operation} within {seconds:g} s, so it is not known for whom the work is done"
        return inconclusive(operation, "no-control", sentence, *(owned.created for owned in late), **about)
    if still:
        sentence = (
            f"{len(still)} of {len(objects)} objects that two users created at once are never found by their owner "
            f"({operation}), while one that each created later is"
        )
        return failed(operation, sentence, *(owned.created for owned in (*still[:2], *late[:1])), **about)
    sentence = (
        f"each of {len(objects)} objects that two users created at once is found by its owner, and by nobody else"
    )
    return passed(operation, sentence, objects[0].created, objects[-1].created, **about)


def _overtaken(objects: list[Owned], still: list[Owned]) -> list[Owned]:
    """Return what is not found although something of a later wave is: the work goes on, but not for its owner."""
    missing = {id(owned) for owned in still}
    waves = [objects[at : at + 2 * AT_ONCE] for at in range(0, len(objects), 2 * AT_ONCE)]
    latest = max((at for at, wave in enumerate(waves) if any(id(owned) not in missing for owned in wave)), default=0)
    return [owned for wave in waves[:latest] for owned in wave if id(owned) in missing]


async def _not_found(resource: BoundResource, objects: list[Owned], seconds: float | None = None) -> list[Owned]:
    """Return what its owner does not find within `seconds`, by default as long as a write may take to show."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + (resource.spec.settle if seconds is None else seconds)
    missing = objects
    while missing:
        missing = [owned for owned in missing if not (await resource.look(owned.owner, owned, "search")).found]
        if loop.time() >= deadline:
            break
        await asyncio.sleep(PACE)
    return missing


async def _foreign(
    resource: BoundResource, objects: list[Owned], alice: Identity, bob: Identity
) -> tuple[Owned, Identity] | None:
    for owned in objects:
        stranger = bob if owned.owner == alice else alice
        if (await resource.look(stranger, owned, "search", purpose="attempt")).found:
            return owned, stranger
    return None
