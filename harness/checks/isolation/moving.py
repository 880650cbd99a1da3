"""Moving an object into another user's container (CWE-639, CWE-915): a changed reference is a write where it leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.lab.resource import with_fields
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Identity, Observation
    from harness.scenario.schema import Call


@check(
    severity=Severity.HIGH,
    catches=["isolation.nested", "authorization.mass-assignment"],
    needs=Needs(users=2, operations=("create", "list", "update"), features=("nested",)),
    owasp="API3:2023",
    cwe=915,
)
async def moving(lab: Lab) -> AsyncIterator[Observation]:
    """No update moves an object to where another user keeps the own ones."""
    for resource in lab.private_with("create", "list", "update"):
        if resource.spec.parent is not None:
            for call in resource.spec.update:
                alice, bob = await lab.two_users()
                yield await _move(resource, call, alice, bob)


async def _move(resource: BoundResource, call: Call, alice: Identity, bob: Identity) -> Observation:
    """Bob updates an own object and names Alice's container; what counts is what Alice then finds in it."""
    parent = resource.lab.resource(str(resource.spec.parent))
    her_parent, his_parent = await parent.create(alice), await parent.create(bob)
    hers, his = await resource.create(alice, parent=her_parent), await resource.create(bob, parent=his_parent)
    about = {
        "operation": call.operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{call.operation} (into the other's {parent.name})", alice.name, bob.name),
    }
    direct, planted = await resource.try_create(bob, parent=her_parent)
    if planted is not None:
        sentence = f"{bob.name} may create in {alice.name}'s {parent.name} anyway ({status_of(direct)})"
        return skipped(call.operation, "not-applicable", sentence, direct, **about)
    mark, names = resource.mark(bob), _references(resource, his, his_parent)
    calls = [with_fields(call, {name: her_parent.id}) for name in names]  # apart: one that is refused hides no other
    requests = [resource.request("update", his, call=each, marker=mark) for each in calls]
    attempt, *more = [await resource.lab.send(bob, request, purpose="attempt") for request in requests]
    after = await resource.seen(alice, hers, "list", purpose="read-back")
    listing = await resource.pages(alice, "list", parents=hers.parents, purpose="read-back")
    moved = [page for page in listing.exchanges if mark.in_bytes(page.body) or his.marker.in_bytes(page.body)]
    if moved:
        sentence = f"{bob.name} moves an own {resource.name} into {alice.name}'s {parent.name} ({status_of(attempt)})"
        return failed(call.operation, sentence, his.created, attempt, *more, moved[0], **about)
    control = await resource.update(bob, his, call, resource.mark(bob), purpose="control")
    if not after.found or not control.ok:
        why = f"{bob.name} cannot update it otherwise" if after.found else f"{alice.name} does not find the own one"
        return inconclusive(call.operation, "no-control", f"{why} ({status_of(control)})", attempt, control, **about)
    named = ", ".join(names)
    sentence = f"{bob.name} names {alice.name}'s {parent.name} as {named} ({attempt.status}); nothing appears in it"
    return passed(call.operation, sentence, attempt, after.last, control, **about)


def _references(resource: BoundResource, his: Owned, his_parent: Owned) -> tuple[str, ...]:
    """Return the fields of an object that hold the identifier of its parent, else what they are usually called."""
    places = resource.spec.create.id.split("|") if resource.spec.create is not None else []
    own = {"id", *(place.rpartition("/")[2] for place in places)}
    shown = resource.thing(his.created)
    found = [name for name, value in shown.items() if str(value) == str(his_parent.id) and name not in own]
    stem = str(resource.spec.parent)
    return tuple(found) or (f"{stem}_id", f"{stem}Id", stem)
