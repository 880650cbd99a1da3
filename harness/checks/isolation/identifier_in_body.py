"""Writing over another user's object by an identifier in a body (CWE-639, CWE-915): what is saved is what it names.

A service that saves whatever a body holds, the identifier too, checks the owner of one object and writes another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.checks._sight import unseen
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.lab.resource import with_fields
from harness.model import Needs, Severity
from harness.registry import check
from harness.requests import PLACEHOLDER
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import Call

NAMES = ("id", "_id", "uuid")


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.identifier"],
    needs=Needs(users=2, operations=("create", LOOK)),
    owasp="API3:2023",
    cwe=639,
)
async def identifier_in_body(lab: Lab) -> AsyncIterator[Observation]:
    """A body that names another user's object writes nothing into it."""
    for resource in lab.private_with("create", LOOK):
        alice, bob = await lab.two_users()
        for verb in ("create", "update"):
            for call in resource.spec.calls(verb):
                if isinstance(call.body, dict) or call.form or call.multipart:
                    yield await _over(resource, verb, call, alice, bob)


async def _over(resource: BoundResource, verb: str, call: Call, alice: Identity, bob: Identity) -> Observation:
    """Bob writes, and names Alice's object in the body; what counts is what Alice then reads."""
    about = {
        "operation": call.operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{call.operation} (identifier in the body)", alice.name, bob.name),
    }
    hers, his = await resource.create(alice), await resource.create(bob)
    look = resource.looks[0]
    before = await resource.seen(alice, hers, look)
    if not before.shows(hers):
        return unseen(before, **about)
    stranger = await resource.look(bob, hers, look, purpose="control")
    if stranger.found:
        sentence = f"{bob.name} reads {alice.name}'s {resource.name} anyway"
        return skipped(call.operation, "not-applicable", sentence, stranger.last, **about)
    plain = await _write(resource, verb, call, his, {})
    if not plain.ok:
        sentence = f"{call.operation} fails for {bob.name} without any identifier ({status_of(plain)})"
        return inconclusive(call.operation, "no-control", sentence, plain, **about)
    refused, last = 0, plain
    async for attempt in _attempts(resource, verb, call, his, hers):
        refused, last = refused + (not attempt.ok), attempt
        after = await resource.look(alice, hers, look, purpose="read-back")
        if after.last.broken or (look != "read" and not after.there):
            sentence = f"{alice.name} cannot read the own {resource.name} back ({status_of(after.last)})"
            return inconclusive(call.operation, "no-read-back", sentence, attempt, after.last, **about)
        if not after.there or not after.shows(hers):
            what = "reads something else" if after.there else "finds it no more"
            said = f"({status_of(attempt)}); {alice.name} then {what} ({status_of(after.last)})"
            sentence = f"{bob.name} names {alice.name}'s {resource.name} in the body of {call.operation} {said}"
            return failed(call.operation, sentence, hers.created, before.last, attempt, after.last, **about)
    sentence = (
        f"{alice.name}'s {resource.name} stays as it was when {bob.name} names it in the body ({refused} refused)"
    )
    return passed(call.operation, sentence, hers.created, plain, last, **about)


async def _attempts(resource: BoundResource, verb: str, call: Call, his: Owned, hers: Owned) -> AsyncIterator[Exchange]:
    """Name her object under every usual name at once and, where that is refused, one by one."""
    names = tuple(dict.fromkeys(_names(resource)))
    together = await _write(resource, verb, call, his, dict.fromkeys(names, hers.id))
    yield together
    for name in () if together.ok else names:
        yield await _write(resource, verb, call, his, {name: hers.id})


def _names(resource: BoundResource) -> Iterator[str]:
    """Walk what identifiers are called: in the path, in the answer to a creation, and usually."""
    for verb in ("read", "update", "delete"):
        for each in resource.spec.calls(verb):
            yield from PLACEHOLDER.findall(each.operation)[-1:]
    for place in resource.spec.create.id.split("|") if resource.spec.create is not None else ():
        if place.startswith("/"):
            yield place.rpartition("/")[2]
    yield from NAMES


async def _write(resource: BoundResource, verb: str, call: Call, his: Owned, fields: dict[str, Any]) -> Exchange:
    """Create as Bob, or change what is his, with more fields in the body."""
    if verb == "create":
        return (await resource.try_create(his.owner, extra=fields, purpose="attempt"))[0]
    return await resource.update(his.owner, his, with_fields(call, fields), resource.mark(his.owner), purpose="attempt")
