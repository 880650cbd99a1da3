"""Objects below another user's object (CWE-639): a path has two identifiers, and both must belong to the caller."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import Call

VERBS = ("read", "update", "action", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """Two users, each with a parent and a child of its own."""

    resource: BoundResource
    alice: Identity
    bob: Identity
    hers: Owned
    his: Owned
    her_parent: Owned
    his_parent: Owned

    def about(self, operation: str, how: str) -> dict[str, Any]:
        """Return what observations of one operation have in common."""
        cell = isolation_cell(f"{operation} ({how})", self.alice.name, self.bob.name)
        return {"operation": operation, "users": (self.alice.name, self.bob.name), "cell": cell}


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.nested", "isolation.create"],
    needs=Needs(users=2, operations=("create", "read"), features=("nested",)),
    owasp="API1:2023",
    cwe=639,
)
async def nested(lab: Lab) -> AsyncIterator[Observation]:
    """A user reaches no child of another user, neither through an own parent nor through the other's."""
    alice, bob = await lab.two_users()
    for resource in lab.private_with("create", "read"):
        if resource.spec.parent is not None:
            for verb in VERBS:
                for call in resource.spec.calls(verb):
                    yield await _through_own_parent(await _families(resource, alice, bob), verb, call)
            families = await _families(resource, alice, bob)
            if resource.spec.listing is not None:
                yield await _list_below(families)
            yield await _create_below(families)


async def _families(resource: BoundResource, alice: Identity, bob: Identity) -> Families:
    parent = resource.lab.resource(str(resource.spec.parent))
    her_parent, his_parent = await parent.create(alice), await parent.create(bob)
    hers, his = await resource.create(alice, parent=her_parent), await resource.create(bob, parent=his_parent)
    return Families(
        resource=resource, alice=alice, bob=bob, hers=hers, his=his, her_parent=her_parent, his_parent=his_parent
    )


async def _through_own_parent(families: Families, verb: str, call: Call) -> Observation:
    """Bob names his own parent and Alice's child in one path; what counts is what Alice reads back."""
    lab, resource, bob, hers = families.resource.lab, families.resource, families.bob, families.hers
    about = families.about(call.operation, "through an own parent")
    before = await resource.seen(families.alice, hers, "read")
    if not before.found:
        sentence = f"{families.alice.name} does not read the own {resource.name}"
        return inconclusive(call.operation, "no-control", sentence, before.last, **about)
    crossed = replace(hers, parents=families.his_parent.path_values, owner=bob)
    mark = lab.session.markers.issue(lab.key(bob))
    attempt = await lab.send(bob, resource.request(verb, crossed, call=call, marker=mark), purpose="attempt")
    nothing = replace(crossed, id=resource.unknown_id(hers))
    unknown = await lab.send(bob, resource.request(verb, nothing, call=call, marker=mark), purpose="control")
    after = (await resource.seen(families.alice, hers, "read", purpose="read-back")).last
    breach = _breach(families, verb, (attempt, unknown, after), mark)
    if breach is not None:
        return failed(call.operation, breach, hers.created, before.last, attempt, after, **about)
    control = await lab.send(bob, resource.request(verb, families.his, call=call, marker=mark), purpose="control")
    if not control.ok:
        sentence = f"{bob.name}'s own {resource.name} is refused too ({status_of(control)}): the refusal means nothing"
        return inconclusive(call.operation, "no-control", sentence, attempt, control, **about)
    sentence = (
        f"{bob.name} does not reach {families.alice.name}'s {resource.name} through an own {resource.spec.parent} "
        f"({attempt.status}), and reaches an own one ({control.status})"
    )
    return passed(call.operation, sentence, before.last, attempt, after, control, **about)


def _breach(families: Families, verb: str, exchanges: tuple[Exchange, Exchange, Exchange], mark: Any) -> str | None:
    attempt, unknown, after = exchanges
    name, hers = families.resource.name, families.hers
    through = f"through an own {families.resource.spec.parent} ({status_of(attempt)})"
    if hers.marker.told_by(attempt):
        return f"{families.bob.name} receives {families.alice.name}'s {name} {through}"
    if not after.ok:
        return f"{families.bob.name} removes {families.alice.name}'s {name} {through}: it is gone ({status_of(after)})"
    if mark.in_bytes(after.body) or not hers.marker.in_bytes(after.body):
        return f"{families.bob.name} changes {families.alice.name}'s {name} {through}"
    alike = str(hers.id) == str(families.his.id)  # where each parent counts its own, it is his that is meant
    if (verb == "action" or (verb != "read" and not alike)) and attempt.ok and not unknown.ok:
        does = {"update": "may change", "delete": "may remove"}.get(verb, "acts on")
        return f"{families.bob.name} {does} {families.alice.name}'s {name} {through}"
    return None


async def _list_below(families: Families) -> Observation:
    resource, operation = families.resource, families.resource.operation("list")
    about = families.about(operation, "below the other's parent")
    before = await resource.seen(families.alice, families.hers, "list")
    own = await resource.seen(families.bob, families.his, "list")
    if not before.found or not own.found:
        sentence = f"an owner does not find the own {resource.name} in the own {resource.spec.parent}"
        return inconclusive(operation, "no-control", sentence, before.last, own.last, **about)
    attempt = await resource.look(families.bob, families.hers, "list", purpose="attempt")
    if attempt.found:
        sentence = f"{families.bob.name} lists by {operation} what is in {families.alice.name}'s {resource.spec.parent}"
        return failed(operation, sentence, families.hers.created, before.last, attempt.last, **about)
    sentence = (
        f"{families.bob.name} finds nothing in {families.alice.name}'s {resource.spec.parent} ({attempt.last.status})"
    )
    return passed(operation, sentence, before.last, attempt.last, own.last, **about)


async def _create_below(families: Families) -> Observation:
    resource, alice, bob = families.resource, families.alice, families.bob
    parent, operation = resource.spec.parent, resource.operation("create")
    about = families.about(operation, "below the other's parent")
    attempt, made = await resource.try_create(bob, parent=families.her_parent, purpose="attempt")
    parents = resource.lab.resource(str(parent))
    nowhere = replace(families.his_parent, id=parents.unknown_id(families.his_parent))
    unknown, _ = await resource.try_create(bob, parent=nowhere, purpose="control")
    shown = (families.her_parent.created, attempt, unknown, families.his.created)
    verb = "list" if resource.spec.listing is not None else "read"
    if made is not None and (await resource.look(alice, made, verb, purpose="read-back")).found:
        sentence = f"{bob.name} creates a {resource.name} in {alice.name}'s {parent}, where {alice.name} then finds it"
        return failed(operation, sentence, *shown, **about)
    if attempt.ok and not unknown.ok:
        sentence = f"{bob.name} creates a {resource.name} below {alice.name}'s {parent} ({attempt.status})"
        return failed(operation, sentence, *shown, **about)
    if attempt.ok:
        sentence = f"{operation} succeeds below any {parent}, and {alice.name} does not find what {bob.name} created"
        return passed(operation, sentence, *shown, **about)
    sentence = f"{bob.name} creates nothing in {alice.name}'s {parent} ({status_of(attempt)}), but does in an own one"
    return passed(operation, sentence, *shown, **about)
