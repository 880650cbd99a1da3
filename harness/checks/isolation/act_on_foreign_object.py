"""Broken object level authorization (OWASP API1:2023, CWE-639): actions beside reading and writing.

An action is foreign when it succeeds on another user's object while it does not on an identifier that nothing has, or
when it is refused and the owner then reads another object than before, or finds it no more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks._sight import Sight, insisting
from harness.expect import failed, inconclusive, isolation_cell, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation
    from harness.scenario.schema import ActionCall


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.action"],
    needs=Needs(users=2, operations=("create", "action"), waits=True),
    owasp="API1:2023",
    cwe=639,
)
async def act_on_foreign_object(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot act on an object that another user owns."""
    for resource in lab.private_with("create", "action"):
        alice, bob = await lab.two_users()
        for call in resource.spec.action:
            for owner, stranger in ((alice, bob), (bob, alice)):
                yield await _act(resource, call, owner, stranger)


async def _act(resource: BoundResource, call: ActionCall, owner: Identity, stranger: Identity) -> Observation:
    operation = call.operation
    about = {
        "operation": operation,
        "users": (owner.name, stranger.name),
        "cell": isolation_cell(operation, owner.name, stranger.name),
    }
    theirs, own = await resource.create(owner), await resource.create(stranger)
    await resource.ready(owner, theirs, call)
    await resource.ready(stranger, own, call)
    sight = await Sight.of(resource, theirs)
    attempt = await insisting(lambda: resource.act(stranger, theirs, call, purpose="attempt"))
    changed = await sight.changed() if not attempt.ok else None
    nobodys = replace(own, id=resource.unknown_id(own))
    unknown = await insisting(lambda: resource.act(stranger, nobodys, call, purpose="control"))
    mine = await resource.act(stranger, own, call, purpose="control")
    after = await resource.act(owner, theirs, call, purpose="read-back")
    if after.ok and not attempt.ok and not call.publishes:  # the answer to its owner may be kept for whoever asks
        attempt = await resource.act(stranger, theirs, call, purpose="attempt")
    used_up = attempt.ok and not after.broken  # what is cancelled cannot be cancelled again
    if not mine.ok or not (after.ok or used_up):
        sentence = f"{call.name} fails for owners ({status_of(mine)}, {status_of(after)}), so the refusal means nothing"
        return inconclusive(operation, "no-control", sentence, mine, after, **about)
    if changed is not None:
        said = f"({status_of(attempt)}); {owner.name} then {changed[0]}"
        sentence = f"{stranger.name} is refused to {call.name} {owner.name}'s {resource.name} {said}"
        return failed(operation, sentence, theirs.created, attempt, changed[1], **about)
    if attempt.ok and not unknown.ok:
        said = f"({attempt.status}); an unknown one is answered {unknown.status}"
        sentence = f"{stranger.name} can {call.name} {owner.name}'s {resource.name} {said}"
        return failed(operation, sentence, theirs.created, attempt, unknown, after, **about)
    if attempt.ok:
        return inconclusive(
            operation,
            "unclear",
            f"{operation} answers {attempt.status} whatever it is asked for",
            attempt,
            unknown,
            **about,
        )
    sentence = (
        f"each owner can {call.name} an own {resource.name}; {stranger.name} cannot {owner.name}'s ({attempt.status})"
    )
    return passed(operation, sentence, attempt, mine, after, **about)
