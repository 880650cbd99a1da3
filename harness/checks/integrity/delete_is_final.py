"""What was deleted must be gone everywhere (CWE-459), also from the index of the search, which is easily forgotten.

And nothing else may be: a condition that fits more than the one object takes others along.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import Inconclusive, genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import Call


QUIET = 1.0
CREATED = 201
LARGE = 100
"""Items on a page that is asked for beside the usual one: a query of its own may answer it."""


@check(
    severity=Severity.HIGH,
    catches=["integrity.delete", "integrity.delete-search"],
    needs=Needs(operations=("create", "delete"), waits=True),
    owasp="API3:2023",
    cwe=459,
)
async def delete_is_final(lab: Lab) -> AsyncIterator[Observation]:
    """A deleted object is gone for its owner too, however one looks for it."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create", "delete"):
        if not resource.looks:
            yield inconclusive(resource.name, "no-control", f"nothing shows whether a {resource.name} exists")
            continue
        await genuine(lab, user, resource)
        doomed, twin, missed = await _pair(resource, user)
        if missed:
            doomed, twin, missed = await _pair(resource, user, in_time=True)
        shown = [verb for verb in resource.looks if verb not in missed]
        await _remembered(resource, user, doomed, shown)
        deleted = await resource.delete(user, doomed, purpose="attempt")
        if not deleted.ok:
            sentence = f"{resource.operation('delete')} answers the owner {status_of(deleted)}"
            yield inconclusive(resource.name, "no-control", sentence, deleted)
            continue
        for verb in missed:
            sentence = f"the owner did not find them by {resource.operation(verb)} before"
            yield inconclusive(f"{resource.name}: {verb}", "no-control", sentence, doomed.created)
        for seen in await asyncio.gather(*(_gone(resource, verb, user, doomed, twin, deleted) for verb in shown)):
            yield seen
        if shown and lab.session.introductions.fresh:
            with contextlib.suppress(Inconclusive):  # whoever is new may have to do something else first
                yield await _last(resource, await lab.new_user("alice"))
        if shown and not await _found(resource, user, doomed, shown[0]):
            for seen in [await _raised(resource, user, doomed, deleted, shown[0], each) for each in _work(resource)]:
                yield seen


async def _last(resource: BoundResource, user: Identity) -> Observation:
    """Delete the only one that a new user has: an empty list is easily taken for none, and one item for the last."""
    subject, about, verb = (
        f"{resource.name}: the only one",
        {"operation": resource.operation("delete")},
        resource.looks[0],
    )
    owned = await resource.create(user)
    before = await resource.seen(user, owned, verb)
    deleted = await resource.delete(user, owned, purpose="attempt")
    view = await resource.seen(user, owned, verb, expected=False, purpose="read-back")
    seen = (owned.created, before.last, deleted, view.last)
    if not before.found or not deleted.ok:
        sentence = f"a new {user.name} does not find or delete the own {resource.name} ({status_of(deleted)})"
        return inconclusive(subject, "no-control", sentence, *seen, **about)
    if view.shows(owned):
        sentence = (
            f"the only {resource.name} of a user is deleted ({deleted.status}), and {view.operation} still shows it"
        )
        return failed(subject, sentence, *seen, **about)
    return passed(subject, f"the only {resource.name} of a user is deleted, and gone", *seen, **about)


def _work(resource: BoundResource) -> list[tuple[str, Call]]:
    """Return what may be done with an object beside looking at it and deleting it, by verb."""
    made = resource.operation("create")
    every = ((verb, call) for verb in ("action", "update") for call in resource.spec.calls(verb))
    return [(verb, call) for verb, call in every if call.operation != made]


async def _found(resource: BoundResource, user: Identity, doomed: Owned, verb: str) -> bool:
    return (await resource.look(user, doomed, verb, purpose="read-back")).shows(doomed)


async def _raised(  # noqa: PLR0917 -- the parts of one life cycle
    resource: BoundResource, user: Identity, doomed: Owned, deleted: Exchange, verb: str, work: tuple[str, Call]
) -> Observation:
    """Do something with a deleted object: it must stay what it is. A PUT may make a new one, and says so (201)."""
    kind, call = work
    subject, about = f"{resource.name}: {call.operation} afterwards", {"operation": call.operation}
    attempt = await resource.lab.send(user, resource.request(kind, doomed, call=call), purpose="attempt")
    view = await resource.look(user, doomed, verb, purpose="read-back")
    if attempt.status == CREATED and view.found:
        await resource.delete(user, doomed, purpose="attempt")  # the next one finds what it was before
    elif view.shows(doomed):
        sentence = f"deleted ({deleted.status}), the {resource.name} is there again after {call.operation}"
        return failed(subject, sentence, doomed.created, deleted, attempt, view.last, **about)
    sentence = f"{call.operation} ({status_of(attempt)}) brings no deleted {resource.name} back"
    return passed(subject, sentence, deleted, attempt, view.last, **about)


async def _pair(resource: BoundResource, user: Identity, *, in_time: bool = False) -> tuple[Owned, Owned, list[str]]:
    """Create two objects, and return them with the verbs by which they are not both found.

    The first one is looked for last: by then nothing is at work any more that would refresh what a service remembers.
    With `in_time` nobody looks before both have to show: that nothing was found earlier may have been remembered too.
    """
    twin, doomed = await resource.create(user), await resource.create(user)
    if in_time:
        await resource.settle(doomed)
    look = resource.look if in_time else resource.seen
    missed = [
        verb
        for verb in resource.looks
        if not all([(await look(user, each, verb, purpose="control")).found for each in (twin, doomed)])
    ]
    return doomed, twin, missed


async def _remembered(resource: BoundResource, user: Identity, doomed: Owned, verbs: Sequence[str]) -> None:
    """Look once more when the work of creating is surely over: its last act may be to forget earlier answers.

    What took long to show is given as long again: a busy service is late with that last act too.
    """
    if resource.spec.settle:
        took = resource.lab.session.client.recorder.now() - doomed.created.done
        await asyncio.sleep(min(max(QUIET, took), resource.spec.settle))
        for verb in verbs:
            await resource.look(user, doomed, verb, purpose="control")


async def _gone(  # noqa: PLR0917 -- the parts of one life cycle
    resource: BoundResource, verb: str, user: Identity, doomed: Owned, twin: Owned, deleted: Exchange
) -> Observation:
    """Look until it is gone, for as long as a change may take; then for its twin, which must not be gone.

    Where objects are shown with what was put into them, an identifier alone is a stone on a grave, or another's by now.
    """
    subject, about = f"{resource.name}: {verb}", {"operation": resource.operation(verb)}
    view = await resource.seen(user, doomed, verb, expected=False, purpose="read-back")
    if not view.shows(doomed):  # a replica or a cache that was not asked may bring it back
        await asyncio.sleep(QUIET)
        view = await resource.seen(user, doomed, verb, expected=False, purpose="read-back")
    other = await resource.seen(user, twin, verb)
    if view.shows(doomed) if other.shows(twin) else view.found:
        said = f"{resource.operation('delete')} answered {deleted.status}"
        sentence = f"{said}; {about['operation']} still shows the {resource.name}"
        return failed(subject, sentence, doomed.created, deleted, view.last, **about)
    large = await _on_large_page(resource, verb, user, doomed)
    if large is not None:
        sentence = f"{about['operation']} still shows the {resource.name}, on a page of {LARGE}"
        return failed(subject, sentence, doomed.created, deleted, view.last, large, **about)
    third = await resource.seen(user, await resource.create(user), verb) if not other.found else other
    if third.found and not other.found:
        sentence = f"one {resource.name} is deleted ({deleted.status}), and {other.operation} shows another one no more"
        return failed(subject, sentence, twin.created, doomed.created, deleted, other.last, third.last, **about)
    if not other.found:
        sentence = (
            f"{about['operation']} does not show another {resource.name} either, so finding nothing means nothing"
        )
        return inconclusive(subject, "no-control", sentence, view.last, other.last, **about)
    sentence = (
        f"deleted ({deleted.status}), the {resource.name} is gone from {about['operation']}; another one is there"
    )
    return passed(subject, sentence, deleted, view.last, other.last, **about)


async def _on_large_page(resource: BoundResource, verb: str, user: Identity, doomed: Owned) -> Exchange | None:
    """Return the large page that shows a deleted object, and does so once a change must show; None if none does."""
    call = resource.spec.listing if verb == "list" else resource.spec.search if verb == "search" else None
    if call is None or call.pagination is None or call.pagination.limit is None:
        return None
    for pause in (0.0, resource.spec.settle):
        await asyncio.sleep(pause)
        listing = await resource.pages(
            user, verb, parents=doomed.parents, marker=doomed.marker, limit=LARGE, purpose="read-back"
        )
        found = [page for page in listing.exchanges if page.ok and doomed.marker.in_bytes(page.body)]
        if not found:
            return None
    return found[0]
