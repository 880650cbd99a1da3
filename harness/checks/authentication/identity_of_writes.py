"""Authentication bypass by spoofing (CWE-290): nothing is written in the name of whom a header or cookie names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.authentication._disguise import disguises
from harness.expect import failed, inconclusive, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation


@check(
    severity=Severity.CRITICAL,
    catches=["authentication.identity-header", "isolation.create"],
    needs=Needs(users=2, operations=("create",)),
    owasp="API2:2023",
    cwe=290,
)
async def identity_of_writes(lab: Lab) -> AsyncIterator[Observation]:
    """A header or cookie that names another user writes nothing in that user's name."""
    alice, bob = await lab.two_users()
    for resource in lab.private_with("create"):
        if resource.looks:
            yield await _create(resource, alice, bob)
            for verb in ("update", "delete"):
                if resource.spec.calls(verb):
                    yield await _change(resource, verb, alice, bob)


async def _create(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    """Bob creates an object, naming Alice: who finds it?"""
    operation, verb = resource.operation("create"), resource.looks[0]
    about = {"operation": operation, "users": (alice.name, bob.name)}
    plain = await resource.create(bob)
    control = await resource.seen(bob, plain, verb)
    if not control.found or (await resource.look(alice, plain, verb)).found:
        sentence = f"{bob.name} does not find an own {resource.name}, or {alice.name} finds it, too"
        return inconclusive(operation, "no-control", sentence, control.last, **about)
    for disguise in disguises(alice, bob):
        made = await resource.create_with(disguise.of(bob), {})
        if made is None:
            continue
        seen = await resource.look(alice, made, verb, purpose="read-back")
        if seen.found:
            sentence = f"with {disguise}, {bob.name} creates a {resource.name} that {alice.name} then owns"
            return failed(operation, sentence, made.created, seen.last, **about)
    sentence = f"what {bob.name} creates is not {alice.name}'s, whatever headers and cookies say"
    return passed(operation, sentence, control.last, **about)


async def _change(resource: BoundResource, verb: str, alice: Identity, bob: Identity) -> Observation:
    """Bob changes or deletes Alice's object, naming Alice: does she still find it as it was?"""
    lab, operation, look = resource.lab, resource.operation(verb), resource.looks[0]
    about = {"operation": operation, "users": (alice.name, bob.name)}
    hers, mark = await resource.create(alice), lab.session.markers.issue(lab.key(bob))
    before = await resource.seen(alice, hers, look)
    request = resource.request(verb, hers, marker=mark)
    plain = await lab.send(bob, request, purpose="control")
    control = await resource.look(alice, hers, look)
    if not before.found or not control.found or mark.in_bytes(control.last.body):
        sentence = f"{alice.name} does not keep the own {resource.name} without any such header ({status_of(plain)})"
        return inconclusive(operation, "no-control", sentence, before.last, plain, control.last, **about)
    for disguise in disguises(alice, bob):
        attempt = await lab.send(disguise.of(bob), request, purpose="attempt")
        after = await resource.look(alice, hers, look, purpose="read-back")
        if not after.found or mark.in_bytes(after.last.body):
            sentence = f"with {disguise}, {operation} lets {bob.name} at {alice.name}'s {resource.name}"
            return failed(operation, f"{sentence} ({attempt.status})", hers.created, attempt, after.last, **about)
    sentence = (
        f"{alice.name} keeps the own {resource.name} whatever headers and cookies {bob.name} sends to {operation}"
    )
    return passed(operation, sentence, control.last, plain, **about)
