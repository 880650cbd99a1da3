"""Owners that are mixed up between creations in flight (CWE-362): what is created at once belongs to who created it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation

PAIRS = 12
CONCURRENCY = 24
SHARE = 0.9
UNKNOWN = frozenset({401, 403, 404})


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.concurrency"],
    needs=Needs(users=2, operations=("create",), exclusive=True, features=("plenty",), waits=True),
    owasp="API1:2023",
    cwe=362,
    mode="many",
)
async def concurrent_creates(lab: Lab) -> AsyncIterator[Observation]:
    """What two users create at once belongs to whoever created it."""
    for resource in lab.private_with("create"):
        alice, bob = await lab.two_users()
        if resource.looks:
            yield await _together(resource, alice, bob)


async def _together(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    operation, verb, names = resource.operation("create"), resource.looks[0], (alice.name, bob.name)
    about: dict[str, Any] = {
        "operation": operation,
        "users": names,
        "cell": isolation_cell(f"{operation} (concurrent)", *names),
    }
    stranger = {alice.name: bob, bob.name: alice}
    plain = await resource.create(alice)
    if (await resource.look(bob, plain, verb, purpose="control")).found:
        sentence = f"{bob.name} finds {alice.name}'s {resource.name} anyway, so whose it is cannot be seen"
        return inconclusive(operation, "no-control", sentence, plain.created, **about)
    answers, made = await _created(resource, alice, bob)
    if len(made) < SHARE * len(answers):
        sentence = f"only {len(made)} of {len(answers)} that were created at once were acknowledged"
        return inconclusive(operation, "no-control", sentence, answers[0], **about)
    # The owners look first, for as long as a write may take to show: before that nobody would find anything.
    lost = [each for user in (alice, bob) for each in await resource.missing(user, _of(made, user), verb)]
    for owned in made:
        view = await resource.look(stranger[owned.owner.name], owned, verb, purpose="attempt")
        if view.found:
            who = f"{view.user.name} finds what {owned.owner.name} created"
            sentence = f"of {len(made)} that were created at once, {who}, by {view.operation}"
            return failed(operation, sentence, owned.created, view.last, **about)
    if lost:
        sentence = f"{lost[0].owner.name} does not find {len(lost)} of {len(made)} that were created at once"
        return failed(operation, sentence, lost[0].created, **about)
    if resource.spec.delete is not None and (kept := await _not_deleted(resource, made)) is not None:
        sentence = f"of {len(made)} that are deleted at once by who created them, one is refused ({kept[0].status})"
        said = f"{sentence} and is still there; afterwards it is deleted ({kept[1].status}): callers are mixed up"
        return failed(operation, said, *kept, **about)
    sentence = f"{len(made)} that two users created at once: each is found by who created it, and by nobody else"
    return passed(operation, sentence, answers[0], answers[-1], **about)


async def _created(resource: BoundResource, alice: Identity, bob: Identity) -> tuple[list[Exchange], list[Owned]]:
    """Create objects of both users in turn, all at once; return the answers, and what they have made."""
    lab, drafts = resource.lab, []
    for user in (alice, bob) * PAIRS:
        marker = resource.mark(user)
        request, parents = await resource.creation(user, marker)
        lab.session.ledger.intend(user, resource.name, marker)
        drafts.append((user, marker, request, parents))
    shots = [(user, request) for user, _, request, _ in drafts]
    answers = await lab.session.client.gather(shots, concurrency=CONCURRENCY, purpose="attempt")
    made = [
        resource.register(user, marker, answer, parents)
        for (user, marker, _, parents), answer in zip(drafts, answers, strict=True)
    ]
    return answers, [each for each in made if each is not None]


async def _not_deleted(resource: BoundResource, made: list[Owned]) -> tuple[Exchange, Exchange] | None:
    """Delete all at once, each as its owner; return a refusal, and the success of the very same alone, if there is one.

    A service that takes no more at once may fail or limit; one that misses what it then deletes mixes up callers.
    """
    shots = [(each.owner, resource.request("delete", each)) for each in made]
    answers = await resource.lab.session.client.gather(shots, concurrency=CONCURRENCY, purpose="attempt")
    for owned, answer in zip(made, answers, strict=True):
        if answer.ok:
            resource.lab.session.ledger.gone(owned)
    for owned, answer in zip(made, answers, strict=True):
        if answer.status in UNKNOWN:
            again = await resource.delete(owned.owner, owned, purpose="control")
            if again.ok:
                return answer, again
    return None


def _of(made: list[Owned], user: Identity) -> list[Owned]:
    return [each for each in made if each.owner == user]
