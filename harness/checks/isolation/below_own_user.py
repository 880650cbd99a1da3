"""Objects below the wrong user (CWE-639): a path names the caller, as it should, and another user's object.

Who compares the name in the path with the caller has not yet looked whose the object is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks._sight import unseen
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.lab.readable import is_readable
from harness.model import Needs, Severity
from harness.registry import check
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned, View
    from harness.lab.markers import Marker
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import Call

NAMES = {"{user}", "{username}"}
VERBS = ("read", "update", "action", "delete")


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.nested"],
    needs=Needs(users=2, operations=("create", LOOK)),
    owasp="API1:2023",
    cwe=639,
)
async def below_own_user(lab: Lab) -> AsyncIterator[Observation]:
    """A user reaches no object of another user under the own name."""
    named = False
    for resource in lab.resources_with("create", LOOK):
        alice, bob = await lab.two_users()
        for verb in VERBS if not is_readable(lab.session, resource.name) else VERBS[1:]:
            for call in resource.spec.calls(verb):
                if NAMES & {*call.path.values()}:
                    named = True
                    yield await _under_own_name(resource, verb, call, alice, bob)
    if not named:
        yield skipped("paths", "not-applicable", "no path names a user and an object of that user")


async def _under_own_name(
    resource: BoundResource, verb: str, call: Call, alice: Identity, bob: Identity
) -> Observation:
    """Bob names himself and Alice's object; what counts is what Alice reads back."""
    lab = resource.lab
    cell = isolation_cell(f"{call.operation} (under the own name)", alice.name, bob.name)
    about = {"operation": call.operation, "users": (alice.name, bob.name), "cell": cell}
    hers, his = await resource.create(alice), await resource.create(bob)
    before = await resource.seen(alice, hers, resource.looks[0])
    if not before.shows(hers):
        return unseen(before, **about)
    mark, crossed = resource.mark(bob), replace(hers, owner=bob)
    same = await resource.look(bob, crossed, resource.looks[0], purpose="control")
    if same.item and not same.shows(hers):
        sentence = f"{bob.name} has a {resource.name} of the same identifier: each user's are counted apart"
        return skipped(call.operation, "not-applicable", sentence, same.last, **about)
    attempt = await lab.send(bob, resource.request(verb, crossed, call=call, marker=mark), purpose="attempt")
    nothing = replace(crossed, id=resource.unknown_id(hers))
    unknown = await lab.send(bob, resource.request(verb, nothing, call=call, marker=mark), purpose="control")
    after = await resource.seen(alice, hers, resource.looks[0], purpose="read-back")
    breach = _breach(verb, hers, attempt, unknown, after, mark)
    if after.verb != "read" and not after.there and not attempt.ok:
        sentence = f"{alice.name} does not find the own {resource.name} any more, which may be for another reason"
        return inconclusive(call.operation, "no-read-back", sentence, attempt, after.last, **about)
    if breach is not None:
        sentence = f"{bob.name} {breach} {alice.name}'s {resource.name} under the own name ({status_of(attempt)})"
        return failed(call.operation, sentence, hers.created, before.last, attempt, after.last, **about)
    control = await lab.send(bob, resource.request(verb, his, call=call, marker=mark), purpose="control")
    effect = control.ok and (verb != "update" or await _wrote(resource, his, mark, control))
    if not effect:
        what = f"{bob.name}'s own {resource.name} is refused or left as it was, too ({status_of(control)})"
        sentence = f"{what}: that {alice.name}'s is means nothing"
        return inconclusive(call.operation, "no-control", sentence, attempt, control, **about)
    sentence = (
        f"{bob.name} does not reach {alice.name}'s {resource.name} under the own name ({attempt.status}), "
        f"and reaches an own one ({control.status})"
    )
    return passed(call.operation, sentence, before.last, attempt, after.last, control, **about)


def _breach(verb: str, hers: Owned, attempt: Exchange, unknown: Exchange, after: View, mark: Marker) -> str | None:  # noqa: PLR0917 -- what was tried, its two controls and what is left
    """Return what was done to an object, None for nothing."""
    if verb == "read" and attempt.ok and hers.marker.in_bytes(attempt.body):
        return "receives"
    if not after.there:
        return "removes"
    if after.written(mark) or not after.written(hers.marker):
        return "changes"
    # A cache may still show what was there; an object that nobody has is refused all the same.
    does = {"update": "may change", "delete": "may remove", "action": "acts on"}.get(verb)
    return does if attempt.ok and not unknown.ok else None


async def _wrote(resource: BoundResource, his: Owned, mark: Marker, control: Exchange) -> bool:
    """Whether Bob sees what he wrote into his own object; true where the call writes nothing that could be seen."""
    if not mark.in_request(control.request):
        return True
    return (await resource.showing(his.owner, his, resource.looks[0], mark, purpose="control")).holds(mark)
