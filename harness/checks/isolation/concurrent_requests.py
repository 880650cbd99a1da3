"""Identity that leaks between requests in flight (CWE-362): interleaved reads of two users, each knowing its own object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation


ROUNDS = 100
CONCURRENCY = 24
SHARE = 0.9


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.concurrency", "isolation.pooled-connection"],
    needs=Needs(users=2, operations=("create",), exclusive=True, features=("plenty",)),
    owasp="API1:2023",
    cwe=362,
    mode="many",
)
async def concurrent_requests(lab: Lab) -> AsyncIterator[Observation]:
    """Requests of two users in flight at once do not mix."""
    alice, bob = await lab.two_users()
    for resource in lab.resources_with("create"):
        for verb in resource.looks[:2]:
            yield await _interleave(lab, resource, verb, alice, bob)


async def _interleave(lab: Lab, resource: BoundResource, verb: str, alice: Identity, bob: Identity) -> Observation:
    operation = resource.operation(verb)
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (concurrent)", alice.name, bob.name),
    }
    objects = {alice.name: await resource.create(alice), bob.name: await resource.create(bob)}
    views = [await resource.seen(user, objects[user.name], verb) for user in (alice, bob)]
    if not all(view.found for view in views):
        return inconclusive(
            operation,
            "no-control",
            "an owner does not find the own object before",
            *(view.last for view in views),
            **about,
        )
    visible = [objects[view.user.name].marker.in_bytes(view.last.body) for view in views]
    if not all(visible):
        return inconclusive(
            operation,
            "no-control",
            f"{operation} does not show what the objects hold",
            *(view.last for view in views),
            **about,
        )
    shots = [(view.user, view.last.request) for _ in range(ROUNDS) for view in views]
    answers = await lab.session.client.gather(shots, concurrency=CONCURRENCY, purpose="attempt")
    return _judge(operation, answers, objects, about)


def _judge(operation: str, answers: list[Exchange], objects: dict[str, Owned], about: dict[str, Any]) -> Observation:
    limited = [answer for answer in answers if answer.status == 429]  # noqa: PLR2004
    if limited:
        return inconclusive(
            operation,
            "quota",
            f"{len(limited)} of {len(answers)} concurrent requests were limited",
            limited[0],
            **about,
        )
    for answer in answers:
        other = next(owned for name, owned in objects.items() if name != answer.user)
        if other.marker.in_bytes(answer.body):
            sentence = f"under concurrency {answer.user} receives what {other.owner.name} owns, by {operation}"
            return failed(operation, sentence, other.created, answer, **about)
    lost = [answer for answer in answers if answer.ok and not objects[answer.user].marker.in_bytes(answer.body)]
    if lost:
        sentence = f"under concurrency {lost[0].user} does not receive the own object ({len(lost)} of {len(answers)} answers of {operation})"
        return failed(operation, sentence, lost[0], **about)
    good = [answer for answer in answers if answer.ok]
    if len(good) < SHARE * len(answers):
        return inconclusive(
            operation,
            "no-control",
            f"only {len(good)} of {len(answers)} concurrent requests succeeded",
            answers[0],
            **about,
        )
    if _overlap(good) < SHARE / 2:
        return inconclusive(
            operation,
            "no-overlap",
            f"only {_overlap(good):.0%} of the requests overlapped one of the other user",
            good[0],
            **about,
        )
    sentence = f"{len(good)} interleaved answers, {_overlap(good):.0%} of them overlapping one of the other user: each held the own object only"
    return passed(operation, sentence, good[0], **about)


def _overlap(answers: list[Exchange]) -> float:
    """Return the share of requests during which a request of the other user was in flight."""
    ordered = sorted(answers, key=lambda answer: answer.sent)
    count = 0
    for position, answer in enumerate(ordered):
        near = ordered[max(0, position - 2 * CONCURRENCY) : position + 2 * CONCURRENCY]
        count += any(
            other.user != answer.user and other.sent < answer.done and answer.sent < other.done for other in near
        )
    return count / len(ordered)
