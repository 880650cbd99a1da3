"""Broken object level authorization (OWASP API1:2023, CWE-639): changing, judged by what the owner reads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, isolation_cell, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation
    from harness.scenario.schema import Call


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.update"],
    needs=Needs(users=2, operations=("create", "read", "update")),
    owasp="API1:2023",
    cwe=639,
)
async def update_foreign_object(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot change an object that another user owns."""
    for resource in lab.resources_with("create", "read", "update"):
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
    before = (await resource.seen(owner, theirs, "read")).last
    if not theirs.marker.in_bytes(before.body):
        return inconclusive(
            operation,
            "no-control",
            f"{owner.name} does not read in the own {resource.name} what was written",
            before,
            **about,
        )
    attempt = await resource.update(stranger, theirs, call, mark, purpose="attempt")
    after = await resource.read(owner, theirs, purpose="read-back")
    if mark.in_bytes(after.body) or (after.ok and not theirs.marker.in_bytes(after.body)):
        said = f"({status_of(attempt)}; {owner.name} then reads what {stranger.name} wrote)"
        sentence = f"{stranger.name} changed {owner.name}'s {resource.name} {said}"
        return failed(operation, sentence, theirs.created, attempt, after, **about)
    if not after.ok:
        return inconclusive(
            operation,
            "no-control",
            f"{owner.name} cannot read the own {resource.name} back ({status_of(after)})",
            attempt,
            after,
            **about,
        )
    control = await resource.update(stranger, own, call, own_mark, purpose="control")
    changed = await resource.read(stranger, own, purpose="control")
    if not control.ok or not own_mark.in_bytes(changed.body):
        such = f"an own {resource.name} ({status_of(control)})"
        sentence = f"{stranger.name} cannot change {such} either, so the refusal means nothing"
        return inconclusive(operation, "no-control", sentence, attempt, control, changed, **about)
    foreign = f"not {owner.name}'s ({attempt.status}), which {owner.name} reads back unchanged"
    sentence = f"{stranger.name} changes an own {resource.name} but {foreign}"
    return passed(operation, sentence, attempt, after, control, changed, **about)
