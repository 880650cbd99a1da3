"""Whoever lets himself in (OWASP API1:2023, CWE-862): who is a member of a foreign thing reads all that is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.admission"],
    needs=Needs(users=2, operations=("create", "admit", LOOK)),
    owasp="API1:2023",
    cwe=862,
)
async def admission(lab: Lab) -> AsyncIterator[Observation]:
    """Only who owns an object lets others see it."""
    for resource in lab.private_with("create", "admit"):
        alice, bob = await lab.two_users()
        yield await _enter(resource, alice, bob)


async def _enter(resource: BoundResource, owner: Identity, stranger: Identity) -> Observation:
    """Let a stranger in twice: by himself, which must change nothing, and by the owner, which must open the door."""
    operation = resource.operation("admit")
    cell = isolation_cell(operation, owner.name, stranger.name)
    about = {"operation": operation, "users": (owner.name, stranger.name), "cell": cell}
    theirs, shared = await resource.create(owner), await resource.create(owner)
    look = resource.looks[0]
    before = await resource.look(stranger, theirs, look, purpose="control")
    attempt = await resource.admit(stranger, theirs, stranger, purpose="attempt")
    entered = await resource.seen(stranger, theirs, look, purpose="attempt") if attempt.ok else before
    if entered.found and not before.found:
        said = f"({status_of(attempt)}), and then finds it by {entered.operation}"
        sentence = f"{stranger.name} lets himself into {owner.name}'s {resource.name} {said}"
        return failed(operation, sentence, theirs.created, before.last, attempt, entered.last, **about)
    resource.lab.session.markers.publish(shared.marker)
    control = await resource.admit(owner, shared, stranger, purpose="control")
    welcome = await resource.seen(stranger, shared, look)
    if control.ok and not before.found and not welcome.found:
        sentence = f"{owner.name} can ask for {stranger.name} ({status_of(control)}), which does not let him in at once"
        return skipped(operation, "not-applicable", sentence, control, welcome.last, **about)
    if before.found or not control.ok:
        sentence = (
            f"{owner.name} lets {stranger.name} into a {resource.name} ({status_of(control)}), which shows nothing"
        )
        return inconclusive(operation, "no-control", sentence, before.last, control, welcome.last, **about)
    sentence = (
        f"{stranger.name} finds a {resource.name} that {owner.name} lets him into, and cannot let himself into another"
        f" ({status_of(attempt)})"
    )
    return passed(operation, sentence, attempt, entered.last, control, welcome.last, **about)
