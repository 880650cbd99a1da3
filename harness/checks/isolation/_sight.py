"""One user looks for another's object, beside the controls that make a denial mean something."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks.isolation.variants import MEANT
from harness.expect import failed, inconclusive, isolation_cell, passed, status_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned, View
    from harness.model import Identity, Observation


KEPT = re.compile(
    r"\b(un|re)?(archive|lock|pin|star|favou?rite|mark|index|refresh|sync|restore|cancel|pause|validate|touch|mute)\b",
    re.IGNORECASE,
)
"""What may be done with an object that shows it to nobody else, by its name."""
USED = "used"


async def foreign_sight(lab: Lab, verb: str) -> AsyncIterator[Observation]:
    """Let each of two users look for the other's object by read, list or search, and judge what was found.

    What was changed, or done something with, must be as safe as what is new.
    """
    for resource in lab.private_with("create", verb):
        alice, bob = await lab.two_users()
        elder = await resource.create(alice)
        for owner, stranger in ((alice, bob), (bob, alice)):
            yield await _look(resource, verb, owner, stranger)
        used = await _look_at_used(resource, verb, alice, bob)
        if used is not None:
            yield used
        attempt = await resource.look(bob, elder, verb, purpose="attempt")
        if attempt.found:  # what was done in the background meanwhile may have moved it to where nobody looks at owners
            yield await _of_older(resource, elder, attempt)


async def _of_older(resource: BoundResource, theirs: Owned, attempt: View) -> Observation:
    """Judge what a stranger found of an object that is not new any more, by controls afterwards."""
    own = await resource.create(attempt.user)
    alive = await resource.seen(attempt.user, own, attempt.verb)
    after = await resource.seen(theirs.owner, theirs, attempt.verb, purpose="read-back")
    return judge_sight(resource.name, after, alive, attempt, after, theirs, how="older")


async def used_by_owner(resource: BoundResource, theirs: Owned, *, change: bool = True) -> Owned | None:
    """Let the owner do with an object what shows it to nobody else; None where there was nothing to be done."""
    kept = [call for call in resource.spec.action if not call.publishes and KEPT.search(call.name)]
    done = [(await resource.act(theirs.owner, theirs, call, purpose="control")).ok for call in kept]
    for call in (
        each for each in resource.spec.update if change and not MEANT.search(json.dumps(each.body or each.form))
    ):
        mark = resource.mark(theirs.owner)
        if (await resource.update(theirs.owner, theirs, call, mark, purpose="control")).ok:
            done.append(True)
            theirs = replace(theirs, marker=mark)
    return theirs if any(done) else None


async def _look_at_used(resource: BoundResource, verb: str, owner: Identity, stranger: Identity) -> Observation | None:
    """Look as above for what its owner has used, and found in every other way before it is read by its identifier.

    None where it was not used, or is not found any more by its owner.
    """
    theirs = await resource.create(owner)
    used = await used_by_owner(resource, theirs)
    others = [each for each in resource.looks if each != verb] if verb == "read" else []
    for each in others:
        await resource.seen(owner, used or theirs, each)
    if used is None and not others:
        return None
    used, own = used or theirs, await resource.create(stranger)
    before, alive = await resource.seen(owner, used, verb), await resource.seen(stranger, own, verb)
    attempt = await resource.look(stranger, used, verb, purpose="attempt")
    after = await resource.seen(owner, used, verb, purpose="read-back")
    return judge_sight(resource.name, before, alive, attempt, after, used, how=USED) if before.found else None


async def _look(resource: BoundResource, verb: str, owner: Identity, stranger: Identity) -> Observation:
    """Both find their own object, the stranger looks for the other's, and the owner still finds it afterwards.

    The stranger looks before having one, too: where nothing is one's own, some show what is anybody's.
    """
    theirs = await resource.create(owner)
    before = await resource.seen(owner, theirs, verb)
    early = await resource.look(stranger, theirs, verb, purpose="attempt")
    own = await resource.create(stranger)
    alive = await resource.seen(stranger, own, verb)
    attempt = early if early.found else await resource.look(stranger, theirs, verb, purpose="attempt")
    after = await resource.seen(owner, theirs, verb, purpose="read-back")
    return judge_sight(resource.name, before, alive, attempt, after, theirs)


def judge_sight(  # noqa: PLR0917 -- what a denial means takes all of these
    name: str, before: View, alive: View, attempt: View, after: View, theirs: Owned, *, how: str = ""
) -> Observation:
    """Return what an attempt means beside its three controls (owner before, stranger's own, owner after)."""
    operation, owner, stranger = attempt.operation, before.user.name, attempt.user.name
    subject = f"{operation} ({how})" if how else operation
    about = {"operation": operation, "users": (owner, stranger), "cell": isolation_cell(subject, owner, stranger)}
    shown = (before.last, *attempt.exchanges[-1:], after.last)
    if not before.found or not after.found:
        which = "before" if not before.found else "after"
        statuses = f"{status_of(before.last)}, {status_of(after.last)}"
        sentence = f"{owner} does not find an own {name} by {operation} {which} the attempt ({statuses})"
        return inconclusive(subject, "no-control", sentence, *shown, **about)
    if attempt.found:
        sentence = f"{stranger} finds {owner}'s {name} by {operation} ({attempt.last.status})"
        pages = (attempt.exchanges[0], attempt.last)
        seen = any(theirs.marker.in_bytes(exchange.body) for exchange in attempt.exchanges)
        shows = (theirs.marker.witness,) if seen else ()
        return failed(subject, sentence, theirs.created, before.last, *pages, after.last, shows=shows, **about)
    if not alive.found:
        status = status_of(alive.last)
        sentence = f"{stranger} finds no own {name} by {operation} ({status}): finding none of {owner}'s means nothing"
        return inconclusive(subject, "no-control", sentence, alive.last, **about)
    if attempt.last.broken:
        return inconclusive(
            subject, "unclear", f"{operation} answered {stranger} with {status_of(attempt.last)}", *shown, **about
        )
    said = f"{stranger} none of {owner}'s ({attempt.last.status})"
    sentence = f"{owner} and {stranger} each find an own {name} by {operation}; {said}"
    return passed(subject, sentence, *shown, **about)
