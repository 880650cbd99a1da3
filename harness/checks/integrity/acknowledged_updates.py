"""An update that was acknowledged and lost (CWE-440)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import requests
from harness.checks._sight import unseen
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Marker, View
    from harness.model import Exchange, Identity, Observation
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
    before = await resource.seen(user, owned, verb)
    if not before.shows(owned):
        return unseen(before, **about)
    marker = resource.mark(user)
    update = await resource.update(user, owned, call, marker, purpose="attempt")
    if not update.ok:
        return inconclusive(
            subject, "no-control", f"{call.operation} answers the owner {status_of(update)}", update, **about
        )
    if not marker.in_request(update.request):
        return inconclusive(
            subject, "no-control", f"the scenario's {call.operation} writes no {{marker}}", update, **about
        )
    after = await resource.showing(user, owned, verb, marker, purpose="read-back")
    return _judge(call, (before, after), update, marker, owned.created)


def _judge(call: Call, views: tuple[View, View], update: Exchange, marker: Marker, created: Exchange) -> Observation:
    """Return what the owner's views before and after an acknowledged update mean."""
    (before, after), about = views, {"operation": call.operation}
    if after.there and after.holds(marker):
        sentence = f"what {call.operation} wrote ({update.status}) is there"
        return passed(call.operation, sentence, update, after.last, **about)
    if not after.there:
        sentence = f"afterwards the owner reads {status_of(after.last)}"
        return inconclusive(call.operation, "no-control", sentence, after.last, **about)
    if after.verb != "read" and not _lists_what_is_written(before, update):
        sentence = f"{after.operation} shows nothing of what {call.operation} writes"
        return skipped(call.operation, "not-applicable", sentence, update, after.last, **about)
    sentence = f"{call.operation} answered {update.status}; {after.operation} shows what was there before"
    return failed(call.operation, sentence, created, update, after.last, **about)


def _lists_what_is_written(before: View, update: Exchange) -> bool:
    """Whether a list shows the fields that an update writes."""
    sent = requests.parsed(update.request.body)
    return isinstance(sent, dict) and not before.item.keys().isdisjoint(sent)
