"""Work that is lost when a service is asked to end (CWE-404): what was acknowledged must be there after the restart.

Only where the harness may end what serves, and something starts it anew. Creations are on their way at that moment,
their last bytes held back until the signal was sent; others were acknowledged just before it.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil

from harness.expect import failed, inconclusive, passed
from harness.lab import harmless
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import BoundResource, Lab, Marker, Owned
    from harness.model import Exchange, Identity, Observation, Request
    from harness.service import Service

EACH = 10
READING = 0.5  # seconds within which a target has begun to read what is on its way
LATE = 0.3
NOT_FOUND = 404
ENDS_WITHIN, BACK_WITHIN, PATIENCE, PACE = 30.0, 60.0, 5.0, 0.3


@check(
    severity=Severity.MEDIUM,
    catches=["deployment.shutdown"],
    needs=Needs(slow=True, operations=("create",), features=("plenty", "restarts"), exclusive=True),
    owasp="API8:2023",
    cwe=404,
    mode="grey",
)
async def shutdown(lab: Lab) -> AsyncIterator[Observation]:
    """Nothing that was acknowledged is lost when the service ends and starts again."""
    user, service = await lab.user(lab.session.introductions.names[0]), lab.session.service
    for resource in lab.resources_with("create"):
        if service is None or not resource.looks or harmless(lab, user) is None:
            yield inconclusive(resource.name, "no-control", f"nothing shows whether a {resource.name} exists")
            continue
        async for observation in _around_the_end(lab, service, resource, user):
            yield observation


@dataclass(kw_only=True)
class Ending:
    """The process that is ended, its open connections then, and whether it really has, and another one answers."""

    process: psutil.Process | None = None
    connections: int = 0
    over: bool = False
    back: bool = False


@dataclass(frozen=True, kw_only=True)
class Creation:
    """One create request, journalled before it leaves."""

    marker: Marker
    request: Request
    parents: tuple[object, ...] = field(default=())


async def _around_the_end(
    lab: Lab, service: Service, resource: BoundResource, user: Identity
) -> AsyncIterator[Observation]:
    """Create before and while the service ends, wait for it to be back, and look what is there."""
    subject, about = resource.name, {"operation": resource.operation("create")}
    before, during = [[await _creation(lab, resource, user) for _ in range(EACH)] for _ in range(2)]
    ending, early, doomed = Ending(), [], await resource.create(user)
    deleted = await resource.delete(user, doomed, purpose="attempt") if resource.spec.delete else None

    async def end() -> None:
        await asyncio.sleep(READING)
        early.extend(await lab.session.client.burst([(user, each.request) for each in before], purpose="attempt"))
        ending.process = service.serving
        if ending.process is not None:
            ending.connections = _connections(ending.process)
            ending.process.terminate()
        await asyncio.sleep(LATE)

    shots = [(user, each.request) for each in during]
    late = await lab.session.client.burst(shots, purpose="attempt", between=end)
    await _over(lab, service, user, ending)
    if not (ending.over and ending.back):
        what = "what serves did not end" if not ending.over else "nothing serves again"
        yield inconclusive(subject, "not-restarted", f"{what} after a SIGTERM; so nothing is known", *late[:1], **about)
        return
    answers = list(zip([*before, *during], [*early, *late], strict=True))
    kept = [owned for each, answer in answers if (owned := _registered(resource, user, each, answer)) is not None]
    refused = [(each, answer) for each, answer in answers if not answer.ok]
    if ending.connections < EACH:
        sentence = f"{ending.connections} connections were open at the SIGTERM, at least {EACH} were expected"
        yield inconclusive(subject, "no-control", sentence, *late[:1], **about)
        return
    if not any(answer.ok for answer in early):
        yield inconclusive(subject, "no-control", f"no {subject} was acknowledged before the end", *early[:1], **about)
        return
    yield await _acknowledged(resource, user, kept, late)
    if deleted is not None and deleted.ok:
        yield await _deleted(resource, user, doomed, deleted)
    if refused and "list" in resource.looks:
        yield await _refused(resource, user, kept, refused)


def _connections(process: psutil.Process) -> int:
    """Count the open connections of a process and of those below it; none where that cannot be seen."""
    with contextlib.suppress(psutil.Error):
        family = [process, *process.children(recursive=True)]
        every = [connection for each in family for connection in each.net_connections("tcp")]
        return sum(connection.status == psutil.CONN_ESTABLISHED for connection in every)
    return 0


async def _creation(lab: Lab, resource: BoundResource, user: Identity) -> Creation:
    marker = resource.mark(user)
    request, parents = await resource.creation(user, marker)
    lab.session.ledger.intend(user, resource.name, marker)
    return Creation(marker=marker, request=request, parents=parents)


def _registered(resource: BoundResource, user: Identity, made: Creation, answer: Exchange) -> Owned | None:
    return resource.register(user, made.marker, answer, made.parents)


async def _over(lab: Lab, service: Service, user: Identity, ending: Ending) -> None:
    """Wait until the process has ended, another one has taken its place, and the user is answered again."""
    old, clock = ending.process, asyncio.get_running_loop().time
    if old is None:
        return
    try:
        await asyncio.to_thread(old.wait, ENDS_WITHIN)
    except psutil.TimeoutExpired:
        return
    ending.over = True
    request, deadline = harmless(lab, user), clock() + BACK_WITHIN
    while request is not None and clock() < deadline:
        new = service.serving
        if new is not None and new.pid != old.pid:
            exchange = await lab.session.client.send(user, request, purpose="control", timeout=PATIENCE)
            if exchange.ok:
                ending.back = True
                return
        await asyncio.sleep(PACE)


async def _acknowledged(
    resource: BoundResource, user: Identity, kept: Sequence[Owned], late: Sequence[Exchange]
) -> Observation:
    verb, about = resource.looks[0], {"operation": resource.operation("create")}
    subject = f"{resource.name}: acknowledged"
    lost = await resource.missing(user, kept, verb)
    said = (
        f"{len(kept)} {resource.name}s were acknowledged, {sum(each.ok for each in late)} of them while it was ending"
    )
    if lost:
        view = await resource.look(user, lost[0], verb, purpose="read-back")
        sentence = f"{said}; after the restart {len(lost)} of them are not there"
        if not view.ok and len(lost) == len(kept) and view.last.status != NOT_FOUND:
            return inconclusive(subject, "no-control", f"{sentence}, but nothing can be read", view.last, **about)
        return failed(subject, sentence, lost[0].created, view.last, users=(user.name,), **about)
    return passed(subject, f"{said}; each is there after the restart", kept[0].created, **about)


async def _deleted(resource: BoundResource, user: Identity, doomed: Owned, deleted: Exchange) -> Observation:
    """Look for what was deleted before: a deletion that only the process knew of is undone with it."""
    subject, about = f"{resource.name}: deleted", {"operation": resource.operation("delete")}
    view = await resource.seen(user, doomed, resource.looks[0], expected=False, purpose="read-back")
    if view.shows(doomed):
        sentence = f"a {resource.name} whose deletion was acknowledged ({deleted.status}) is back after the restart"
        return failed(subject, sentence, doomed.created, deleted, view.last, users=(user.name,), **about)
    sentence = f"a {resource.name} that was deleted before the restart is not there afterwards ({view.last.status})"
    return passed(subject, sentence, deleted, view.last, **about)


async def _refused(
    resource: BoundResource, user: Identity, kept: Sequence[Owned], refused: Sequence[tuple[Creation, Exchange]]
) -> Observation:
    """Look whether what was not acknowledged is there all the same: whoever tries again then has it twice."""
    subject, about = f"{resource.name}: not acknowledged", {"operation": resource.operation("create")}
    listing = await resource.pages(user, "list", purpose="read-back")
    shown = b"".join(exchange.body for exchange in listing.exchanges)
    if not any(owned.marker.in_bytes(shown) for owned in kept):
        sentence = f"{resource.operation('list')} does not show what {resource.name}s hold"
        return inconclusive(subject, "no-control", sentence, *listing.exchanges[:1], **about)
    there = [(each, answer) for each, answer in refused if each.marker.in_bytes(shown)]
    said = f"{len(refused)} {resource.name}s were not acknowledged"
    if there:
        sentence = f"{said}; after the restart {len(there)} of them are there all the same"
        exchanges = (there[0][1], *listing.exchanges[-1:])
        return failed(subject, sentence, *exchanges, users=(user.name,), severity=Severity.LOW, **about)
    return passed(subject, f"{said}, and none is there", refused[0][1], *listing.exchanges[-1:], **about)
