"""An update that was acknowledged and lost (CWE-440)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._sight import unseen
from harness.expect import failed, inconclusive, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation
    from harness.scenario.schema import Call


@check(
    severity=Severity.HIGH,
    catches=["integrity.lost-write"],
    needs=Needs(operations=("create", LOOK, "update")),
    owasp="API9:2023",
    cwe=440,
)
async def acknowledged_updates(lab: Lab) -> AsyncIterator[Observation]:
    """A change that was acknowledged is there."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create", LOOK, "update"):
        for call in resource.spec.update:
            yield await _changed(resource, user, call)


async def _changed(resource: BoundResource, user: Identity, call: Call) -> Observation:
    subject, about = call.operation, {"operation": call.operation}
    owned, verb = await resource.create(user), resource.looks[0]
    before = await resource.look(user, owned, verb, purpose="control")
    if not before.shows(owned):
        return unseen(before, **about)
    marker = resource.mark(user)
    update = await resource.update(user, owned, call, marker, purpose="attempt")
    if not update.ok:
        return inconclusive(
            subject, "no-control", f"{call.operation} answers the owner {status_of(update)}", update, **about
        )
    if not (marker.in_bytes(update.request.body) or marker.witness in update.request.target):
        return inconclusive(
            subject, "no-control", f"the scenario's {call.operation} writes no {{marker}}", update, **about
        )
    after = await resource.showing(user, owned, verb, marker, purpose="read-back")
    if after.there and not after.holds(marker):
        sentence = f"{call.operation} answered {update.status}; {after.operation} shows what was there before"
        return failed(subject, sentence, owned.created, update, after.last, **about)
    if not after.there:
        sentence = f"afterwards the owner reads {status_of(after.last)}"
        return inconclusive(subject, "no-control", sentence, after.last, **about)
    return passed(subject, f"what {call.operation} wrote ({update.status}) is there", update, after.last, **about)
