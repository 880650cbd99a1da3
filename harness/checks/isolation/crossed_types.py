"""Identifiers of one kind of object, given where another kind is meant (CWE-639, CWE-843).

What looks an identifier up in one table of all things, or falls back to another kind, may ask for the owner in the
first place only.
"""

from __future__ import annotations

import re
import uuid
from itertools import permutations
from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation

KINDS = 4
"""How many kinds of objects are tried, each as each other one."""
FEW = 2
"""The same, where a quota is scarce."""
VERBS = ("read", "delete")
NUMBER = re.compile(r"\d+")
PREFIX = re.compile(r"[a-z]{2,6}_(?=.)")


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.crossed-types"],
    needs=Needs(users=2, operations=("create",), waits=True),
    owasp="API1:2023",
    cwe=639,
)
async def crossed_types(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot read or delete what another user owns by giving its identifier where another kind is meant."""
    alice, bob = await lab.two_users()
    kinds = [each for each in lab.private_with("create") if each.looks][: FEW if lab.session.quota.scarce else KINDS]
    hers = {each.name: await each.create(alice) for each in kinds if len(kinds) > 1}
    pairs = [
        (resource, other)
        for resource, other in permutations(kinds, 2)
        if form(hers[resource.name].id) == form(hers[other.name].id) and any(_verbs(other, hers[resource.name]))
    ]
    for resource, other in pairs:
        own = await other.create(bob)
        for verb in _verbs(other, hers[resource.name]):
            yield await _cross(resource, other, verb, hers[resource.name], own)
    if not pairs:
        yield skipped("crossed types", "not-applicable", "no two kinds of objects have identifiers of the same form")


def _verbs(other: BoundResource, hers: Owned) -> Iterator[str]:
    """Walk what is tried: never to delete by a number, which may be that of something of Bob's."""
    if not hers.marker.in_bytes(str(hers.id).encode()):  # where it is, whatever repeats an identifier shows the marker
        for verb in VERBS:
            if other.spec.calls(verb) and not (verb == "delete" and NUMBER.fullmatch(str(hers.id))):
                yield verb


async def _cross(resource: BoundResource, other: BoundResource, verb: str, hers: Owned, own: Owned) -> Observation:
    """Bob reads, or deletes, the one kind by the identifier of the other; what counts is what he, or she, then sees."""
    operation, alice, bob = other.operation(verb), hers.owner, own.owner
    about: dict[str, Any] = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (a {resource.name} as a {other.name})", alice.name, bob.name),
    }
    before = await resource.seen(alice, hers, resource.looks[0])
    if not before.found:
        sentence = f"{alice.name} does not find the own {resource.name} by {before.operation}"
        return inconclusive(operation, "no-control", sentence, before.last, **about)
    plain = await resource.look(bob, hers, before.verb, purpose="control")
    if plain.found:
        sentence = f"{bob.name} finds {alice.name}'s {resource.name} by {plain.operation} as it is"
        return inconclusive(operation, "unclear", sentence, before.last, plain.last, **about)
    crossed = other.request(verb, own, identifier=hers.id)
    attempt = await resource.lab.send(bob, crossed, purpose="attempt")
    worked, control = await _own(other, verb, bob, own)  # takes as long as a deletion takes to show
    after = await resource.seen(alice, hers, before.verb, purpose="read-back")
    said = f"{bob.name} gives {operation} the identifier of {alice.name}'s {resource.name} ({status_of(attempt)})"
    if attempt.ok and hers.marker.in_bytes(attempt.body):
        shows = (hers.marker.witness,)
        return failed(
            operation, f"{said}, and is shown what she owns", hers.created, before.last, attempt, shows=shows, **about
        )
    if not after.found:
        sentence = f"{said}; {alice.name} then finds it no more ({status_of(after.last)})"
        return failed(operation, sentence, hers.created, before.last, attempt, after.last, **about)
    if not worked:
        sentence = f"{bob.name} cannot {verb} an own {other.name} ({status_of(control)}), so a refusal means nothing"
        return inconclusive(operation, "no-control", sentence, attempt, control, **about)
    return passed(operation, f"{said}; that opens nothing and harms nothing", attempt, control, after.last, **about)


async def _own(other: BoundResource, verb: str, bob: Identity, own: Owned) -> tuple[bool, Exchange]:
    """Let Bob do the same with an object of his own; return whether that worked, and what answered."""
    if verb == "read":
        view = await other.seen(bob, own, "read")
        return view.found, view.last
    deleted = await other.delete(bob, own, purpose="control")
    gone = await other.seen(bob, own, other.looks[0], expected=False, purpose="control")
    return deleted.ok and not gone.found, deleted


def form(identifier: Any) -> str:
    """Return what two identifiers share that one place may take for each other: UUID, number, or prefix and length."""
    text = str(identifier)
    try:
        uuid.UUID(text)
    except ValueError:
        prefix = PREFIX.match(text)
        return "number" if NUMBER.fullmatch(text) else f"{prefix[0] if prefix else ''}{len(text)}"
    return "uuid"
