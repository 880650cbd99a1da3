"""Answers kept for one user and given to another (CWE-524): the very same request, sent by two users in turn.

A refusal that is kept is given to the owner, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check
from harness.scenario.schema.resources import TEXT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation

REPEATS = 5
TIMES = 2


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.cache"],
    needs=Needs(users=2, operations=("create", TEXT)),
    owasp="API1:2023",
    cwe=524,
)
async def cache(lab: Lab) -> AsyncIterator[Observation]:
    """Two users who send the very same request each receive their own answer."""
    for resource in lab.private_with("create", TEXT):
        alice, bob = await lab.two_users()
        for verb in resource.looks:
            for first, second in ((alice, bob), (bob, alice)):
                yield await _repeat(resource, verb, first, second)
        if "read" in resource.looks:
            yield await _refused(resource, alice, bob)


async def _repeat(resource: BoundResource, verb: str, first: Identity, second: Identity) -> Observation:
    """Whoever is first warms up the answer; a search finds something for both."""
    lab, operation = resource.lab, resource.operation(verb)
    about = {
        "operation": operation,
        "users": (first.name, second.name),
        "cell": isolation_cell(f"{operation} (same request)", first.name, second.name),
    }
    query = lab.session.markers.issue(lab.key(first)).query
    query = query if first.name < second.name else query.upper()  # which is the same to some caches, and not to others
    theirs, own = await resource.create(first, query=query), await resource.create(second, query=query)
    view = await resource.seen(first, theirs, verb)
    kept = view.last
    if not theirs.marker.in_bytes(kept.body):
        sentence = f"{first.name} does not find the own {resource.name} by {operation} ({kept.status})"
        return inconclusive(operation, "no-control", sentence, kept, **about)
    request = kept.request
    answers = []
    for _ in range(REPEATS):
        answers.append(await lab.send(second, request, purpose="attempt"))
        kept = await lab.send(first, request, purpose="control")
    leaked = next((answer for answer in answers if theirs.marker.told_by(answer)), None)
    if leaked is not None:
        sentence = f"{second.name} receives {first.name}'s answer to the same request, by {operation} ({leaked.status})"
        return failed(operation, sentence, theirs.created, kept, leaked, **about)
    if not theirs.marker.in_bytes(kept.body):  # a list that lags may have lost it for a moment
        kept = (await resource.seen(first, theirs, verb)).last
    if own.marker.in_bytes(kept.body) or not theirs.marker.in_bytes(kept.body):
        sentence = f"after {second.name} sent the same request, {first.name} is answered otherwise, by {operation}"
        return failed(operation, sentence, theirs.created, answers[-1], kept, **about)
    sentence = f"in {REPEATS} turns of the same request by {operation}, each of the two received the own answer"
    return passed(operation, sentence, kept, answers[-1], **about)


async def _refused(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    """Bob is refused what Alice has made and not read yet; a refusal that is kept for all hides it from her."""
    operation, names = resource.operation("read"), (alice.name, bob.name)
    subject = f"{operation}: refused before"
    about = {"operation": operation, "users": names, "cell": isolation_cell(f"{operation} (refused before)", *names)}
    for _ in range(TIMES):
        hers, twin = await resource.create(alice), await resource.create(alice)
        refused = await resource.read(bob, hers, purpose="attempt")
        view, other = [await resource.look(alice, each, "read", purpose="control") for each in (hers, twin)]
        shown = (hers.created, refused, view.last, other.last)
        if refused.ok or refused.broken:
            sentence = f"{bob.name} is not refused {alice.name}'s {resource.name} ({status_of(refused)})"
            return skipped(subject, "not-applicable", sentence, *shown, **about)
        if view.found or not other.found:
            break
    if not other.found:
        sentence = f"{alice.name} does not read at once what she has created ({status_of(other.last)})"
        return skipped(subject, "not-applicable", sentence, *shown, **about)
    if not view.found:
        sentence = (
            f"{bob.name} is refused {alice.name}'s {resource.name} ({refused.status}), and then so is she "
            f"({status_of(view.last)}), but not another one of hers: a refusal is kept for whoever asks"
        )
        return failed(subject, sentence, *shown, severity=Severity.MEDIUM, **about)
    sentence = f"{bob.name} is refused {alice.name}'s {resource.name} ({refused.status}), which she then reads"
    return passed(subject, sentence, *shown, **about)
