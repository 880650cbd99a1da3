"""Broken object level authorization (OWASP API1:2023, CWE-639): changing, judged by what the owner reads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._sight import unseen
from harness.expect import failed, inconclusive, isolation_cell, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation
    from harness.scenario.schema import Call


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.update"],
    needs=Needs(users=2, operations=("create", LOOK, "update")),
    owasp="API1:2023",
    cwe=639,
)
async def update_foreign_object(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot change an object that another user owns."""
    for resource in lab.resources_with("create", LOOK, "update"):
        alice, bob = await lab.two_users()
        for call in resource.spec.update:
            for owner, stranger in ((alice, bob), (bob, alice)):
                yield await _update(resource, call, owner, stranger)


async def _update(resource: BoundResource, call: Call, owner: Identity, stranger: Identity) -> Observation:
    operation = call.operation
    about = {
        "operation": operation,
        "users": (owner.name, stranger.name),
        "cell": isolation_cell(operation, owner.name, stranger.name),
    }
    theirs, own = await resource.create(owner), await resource.create(stranger)
    mark, own_mark = resource.mark(stranger), resource.mark(stranger)
    verb = resource.looks[0]
    before = await resource.seen(owner, theirs, verb)
    if not before.shows(theirs):
        return unseen(before, **about)
    attempt = await resource.update(stranger, theirs, call, mark, purpose="attempt")
    control = await resource.update(stranger, own, call, own_mark, purpose="control")
    changed = await resource.showing(stranger, own, verb, own_mark, purpose="control")
    after = await resource.look(owner, theirs, verb, purpose="read-back")  # by then the attempt would show, too
    if after.written(mark) or (after.there and not after.written(theirs.marker)):
        said = f"({status_of(attempt)}; {owner.name} then reads what {stranger.name} wrote)"
        sentence = f"{stranger.name} changed {owner.name}'s {resource.name} {said}"
        return failed(operation, sentence, theirs.created, attempt, after.last, **about)
    if not after.there:
        sentence = f"{owner.name} cannot read the own {resource.name} back ({status_of(after.last)})"
        return inconclusive(operation, "no-control", sentence, attempt, after.last, **about)
    if not control.ok or not changed.holds(own_mark):
        such = f"an own {resource.name} ({status_of(control)})"
        sentence = f"{stranger.name} cannot change {such} either, so the refusal means nothing"
        return inconclusive(operation, "no-control", sentence, attempt, control, changed.last, **about)
    foreign = f"not {owner.name}'s ({attempt.status}), which {owner.name} reads back unchanged"
    sentence = f"{stranger.name} changes an own {resource.name} but {foreign}"
    return passed(operation, sentence, attempt, after.last, control, changed.last, **about)
