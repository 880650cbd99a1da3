"""One user's writes that stop everybody else (CWE-667): a lock, or a worker, that all share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.checks.latency._timing import middle, milliseconds, series
from harness.expect import failed, inconclusive, passed
from harness.lab import genuine, harmless
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation, Request

SAMPLE = 8
WRITERS = 4
MOST = 120.0
"""Milliseconds by which a neighbour's writes may delay others."""
ROUNDS = 3


@check(
    severity=Severity.MEDIUM,
    catches=["latency.neighbour"],
    needs=Needs(users=2, operations=("create",), features=("plenty", "load"), exclusive=True, slow=True, timed=True),
    owasp="API4:2023",
    cwe=667,
    mode="many",
)
async def neighbour(lab: Lab) -> AsyncIterator[Observation]:
    """One user's writes hardly delay another user's reads."""
    load = lab.scenario.load
    alice, bob = [await lab.user(name, load.claims if load else None) for name in ("alice", "bob")]
    await genuine(lab, bob)
    request = harmless(lab, bob)
    for resource in lab.resources_with("create"):
        operation = resource.operation("create")
        if request is None:
            yield inconclusive(operation, "no-harmless-operation", "nothing private to ask for meanwhile")
        else:
            yield await _beside(lab, resource, alice, (bob, request))


async def _beside(lab: Lab, resource: BoundResource, alice: Identity, reads: tuple[Identity, Request]) -> Observation:
    """Compare Bob's latency with and without Alice's writes; a delay must show in every round."""
    operation, (bob, request) = resource.operation("create"), reads
    for _ in range(ROUNDS):
        idle = await series(lab, bob, request, SAMPLE)
        done = asyncio.Event()
        writers = [asyncio.create_task(_write(resource, alice, done)) for _ in range(WRITERS)]
        busy = await _meanwhile(lab, bob, request, middle(idle) + MOST)
        done.set()
        written = sum(await asyncio.gather(*writers))
        said = (
            f"{request.operation} takes {bob.name} {middle(idle):.0f} ms, {middle(busy):.0f} ms during {written} writes"
        )
        if not written:
            return inconclusive(operation, "no-control", f"no {resource.name} could be written meanwhile", busy[-1])
        if middle(busy) - middle(idle) <= MOST:
            return passed(operation, said, idle[-1], busy[-1], operation=operation)
    sentence = f"{said} of {alice.name}'s by {operation}, {ROUNDS} times of {ROUNDS}"
    return failed(operation, sentence, idle[-1], busy[-1], operation=operation)


async def _meanwhile(lab: Lab, user: Identity, request: Request, most: float) -> list[Exchange]:
    """Send a sample, or so much of it as tells that its median is above `most` milliseconds."""
    sample: list[Exchange] = []
    while len(sample) < SAMPLE and sum(took > most for took in milliseconds(sample)) <= SAMPLE // 2:
        sample.append(await lab.send(user, request, purpose="timing"))
    return sample


async def _write(resource: BoundResource, user: Identity, done: asyncio.Event) -> int:
    count = 0
    while not done.is_set():
        exchange, _ = await resource.try_create(user, purpose="neighbour")
        count += exchange.ok
    return count
