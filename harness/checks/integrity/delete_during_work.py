"""Work on an object that ends after its deletion brings the object back (CWE-362)."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation, Request
    from harness.scenario.schema import Call

    Pair = tuple[Owned, tuple[Exchange, Exchange]]

ROUNDS = 24
ENOUGH = 10
BATCHES = 6
QUIET = 1.0
STEPS = 8  # deletions begin at this many moments of the work, from its start on
COARSE = 0.004  # seconds; timers wait for whole milliseconds, longer than much work takes

CREATED = (
    201  # a PUT that finds nothing creates it (RFC 9110, section 9.3.4), a copy may take the free name: they say so
)


@check(
    severity=Severity.MEDIUM,
    catches=["integrity.resurrect"],
    needs=Needs(operations=("create", "delete"), exclusive=True, features=("plenty",)),
    owasp="API3:2023",
    cwe=362,
    mode="many",
)
async def delete_during_work(lab: Lab) -> AsyncIterator[Observation]:
    """An object that is deleted while something works on it stays deleted."""
    user = await lab.user(lab.session.introductions.names[0])
    tried = False
    for resource in lab.resources_with("create", "delete"):
        work = (*resource.spec.action, *resource.spec.update)
        for verb, call in [("action" if call in resource.spec.action else "update", call) for call in work]:
            if resource.looks:
                tried = True
                yield await _race(lab, resource, user, verb, call)
    if not tried:
        yield skipped("work", "not-applicable", "nothing works on objects that can be deleted")


async def _race(lab: Lab, resource: BoundResource, user: Identity, verb: str, call: Call) -> Observation:
    subject, about = f"{call.operation} and a deletion", {"operation": call.operation}
    first = await genuine(lab, user, resource)
    assert first is not None  # noqa: S101 -- of this resource
    await resource.ready(user, first, call)
    control = await lab.send(user, resource.request(verb, first, call=call), purpose="control")
    if not control.ok:
        return inconclusive(
            subject, "no-control", f"{call.operation} answers the owner {status_of(control)}", control, **about
        )
    deleted: list[Pair] = []
    overlapped: list[Pair] = []
    step = (control.done - control.sent) / STEPS
    for _ in range(BATCHES):
        pairs = await _batch(resource, user, verb, call, step)
        deleted += [each for each in pairs if each[1][1].ok]
        overlapped = [each for each in deleted if each[1][0].done > each[1][1].sent]
        if len(overlapped) >= ENOUGH:
            break
        fastest = min(worked.done - worked.sent for _, (worked, _) in pairs)  # the first one may have been held up
        step = min(step / 2, fastest / STEPS)  # and where much goes on, all come later than they were meant to
    else:
        sentence = f"{len(overlapped)} of {BATCHES * ROUNDS} deletions overlapped {call.operation}, {ENOUGH} are needed"
        return inconclusive(subject, "no-overlap", sentence, *(pairs[0][1]), **about)
    await asyncio.sleep(QUIET)
    for owned, (worked, removal) in deleted:
        if worked.status == CREATED:
            continue
        back = await _back(resource, user, owned)
        if back is not None:
            sentence = (
                f"deleted ({removal.status}) while {call.operation} was at work, the {resource.name} is there again"
            )
            return failed(subject, sentence, owned.created, worked, removal, back, **about)
    sentence = f"{len(overlapped)} objects were deleted while {call.operation} was at work; none came back"
    return passed(subject, sentence, *(overlapped[0][1]), **about)


async def _batch(resource: BoundResource, user: Identity, verb: str, call: Call, step: float) -> list[Pair]:
    """Let work and deletion of as many new objects meet, each pair a step further into the work."""
    lab, pairs = resource.lab, []
    for number, owned in enumerate([await resource.create(user) for _ in range(ROUNDS)]):
        await resource.ready(user, owned, call)
        work, removal = resource.request(verb, owned, call=call), resource.request("delete", owned)
        pairs.append((owned, await _both(lab, user, work, removal, pause=(number % STEPS) * step)))
        if pairs[-1][1][1].ok:
            lab.session.ledger.gone(owned)
    return pairs


async def _both(
    lab: Lab, user: Identity, work: Request, removal: Request, *, pause: float
) -> tuple[Exchange, Exchange]:
    """Send both, not paced like other requests: a place in that queue is longer away than much work takes."""

    async def send(request: Request) -> Exchange:
        return (await lab.session.client.gather([(user, request)], concurrency=1, purpose="attempt"))[0]

    async def later() -> Exchange:
        begin = time.monotonic() + pause
        await asyncio.sleep(max(0.0, pause - COARSE))
        while time.monotonic() < begin:  # noqa: ASYNC110 -- no event is waited for, and a timer is too coarse
            await asyncio.sleep(0)
        return await send(removal)

    worked, removed = await asyncio.gather(send(work), later())
    return worked, removed


async def _back(resource: BoundResource, user: Identity, owned: Owned) -> Exchange | None:
    """Return the exchange that shows the deleted object, if one does, and does so again."""
    for verb in resource.looks:
        if (await resource.look(user, owned, verb, purpose="read-back")).found:
            again = await resource.seen(user, owned, verb, expected=False, purpose="read-back")
            if again.found:
                return again.last
    return None
