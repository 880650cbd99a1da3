"""Identity that leaks between requests in flight (CWE-362): interleaved requests of two users for their own objects.

And of both for the same one: a service that answers requests in flight together, by what they ask for, must not forget
who asks.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed, refusal, status_of
from harness.lab import harmless
from harness.model import Needs, Severity
from harness.registry import check
from harness.scenario.schema.resources import TEXT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned, View
    from harness.model import Exchange, Identity, Observation


ROUNDS = {"quick": 50, "ci": 100, "full": 200}
CONCURRENCY = 24
SHARE = 0.9
ATTEMPTS = 8
PAIRS = 12
AT_ONCE = 4


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.concurrency", "isolation.pooled-connection"],
    needs=Needs(users=2, operations=("create", TEXT), exclusive=True, features=("plenty",)),
    owasp="API1:2023",
    cwe=362,
    mode="many",
)
async def concurrent_requests(lab: Lab) -> AsyncIterator[Observation]:
    """Requests of two users in flight at once do not mix."""
    alice, bob = await lab.two_users()
    for resource in lab.private_with("create", TEXT):
        for verb in resource.looks[:2]:
            yield await _interleave(lab, resource, verb, alice, bob)
        if "search" in resource.looks[2:]:
            yield await _search(resource, alice, bob)
        if resource.spec.read is not None:
            yield await _same(resource, alice, bob)


async def _same(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    """Both read what Alice owns at once; each must be told what that user is told alone."""
    operation, names = resource.operation("read"), (alice.name, bob.name)
    cell = isolation_cell(f"{operation} (both at once)", *names)
    about: dict[str, Any] = {"operation": operation, "users": names, "cell": cell}
    hers = await resource.create(alice)
    before = await resource.seen(alice, hers, "read")
    refused = await resource.look(bob, hers, "read", purpose="control")
    if not before.shows(hers) or refused.found or refusal(refused.last) is None:
        statuses = f"{status_of(before.last)} and {status_of(refused.last)}"
        sentence = f"{operation} does not let {alice.name} in and {bob.name} out ({statuses})"
        return inconclusive(operation, "no-control", sentence, before.last, refused.last, **about)
    his, answers = await _at_once(resource, hers, bob)
    if not all(answer.ok for answer in answers) and not resource.settled(hers):
        await resource.settle(hers)  # one replica may have it and another not yet
        more, answers = await _at_once(resource, hers, bob)
        his += more
    seen = next((answer for answer in his if hers.marker.told_by(answer)), None)
    if seen is not None:
        sentence = f"when both ask at once, {bob.name} receives what {alice.name} owns, by {operation}"
        return failed(operation, sentence, hers.created, refused.last, seen, **about)
    bad = next((answer for answer in answers if not answer.ok), None)
    if bad is None:
        sentence = f"{len(his + answers)} reads of one object at once: {alice.name} is let in, and {bob.name} is not"
        return passed(operation, sentence, answers[-1], his[-1], **about)
    after = await resource.look(alice, hers, "read", purpose="control")
    if after.shows(hers) and any(answer.status == refused.last.status for answer in answers):
        sentence = f"when both ask at once, {alice.name} is told by {operation} what {bob.name} is ({status_of(bad)})"
        return failed(operation, sentence, hers.created, before.last, refused.last, bad, after.last, **about)
    sentence = f"{operation} answered {alice.name} with {status_of(bad)} under concurrency"
    return inconclusive(operation, "no-control", sentence, bad, **about)


async def _at_once(resource: BoundResource, hers: Owned, bob: Identity) -> tuple[list[Exchange], list[Exchange]]:
    """Let both ask in turn, all at one moment, each of them first once; return his answers, and hers."""
    request, burst = resource.request("read", hers), resource.lab.session.client.burst
    orders = ((hers.owner, bob) * PAIRS, (bob, hers.owner) * PAIRS)
    answers = [each for order in orders for each in await burst([(user, request) for user in order])]
    his = [each for each in answers if each.user == bob.name]
    return his, [each for each in answers if each.user != bob.name]


async def _search(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    """Both search for the same words at once, each pair of searches for other words: none has been answered before."""
    operation, lab = resource.operation("search"), resource.lab
    about: dict[str, Any] = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (concurrent)", alice.name, bob.name),
    }
    queries = [lab.session.markers.issue(lab.key(alice)).query for _ in range(PAIRS)]
    pairs = [[await resource.create(user, query=query) for user in (alice, bob)] for query in queries]
    last = [await resource.create(user) for user in (alice, bob)]
    views = [await resource.seen(owned.owner, owned, "search") for owned in last]
    if not all(view.found for view in views):
        sentence = f"an owner does not find the own {resource.name} by {operation}"
        return inconclusive(operation, "no-control", sentence, *(view.last for view in views), **about)
    shots = [(owned.owner, resource.request("search", owned)) for pair in pairs for owned in pair]
    answers = await lab.session.client.burst(shots)
    asked = [(own, other) for pair in pairs for own, other in (pair, reversed(pair))]
    for (owned, other), answer in zip(asked, answers, strict=True):
        if other.marker.told_by(answer):
            sentence = f"under concurrency {owned.owner.name} receives what {other.owner.name} owns, by {operation}"
            return failed(operation, sentence, other.created, answer, **about)
    if not all(answer.ok for answer in answers):
        bad = next(answer for answer in answers if not answer.ok)
        return inconclusive(
            operation, "no-control", f"{operation} answered {status_of(bad)} under concurrency", bad, **about
        )
    sentence = f"{len(answers)} searches at once each show the own objects only"
    return passed(operation, sentence, answers[0], answers[-1], **about)


async def _interleave(lab: Lab, resource: BoundResource, verb: str, alice: Identity, bob: Identity) -> Observation:
    operation = resource.operation(verb)
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (concurrent)", alice.name, bob.name),
    }
    objects = {user.name: await _created(resource, user, (alice, bob)) for user in (alice, bob)}
    views = [await resource.seen(owned.owner, owned, verb) for owned in objects.values()]
    shots = [(view.user, view.last.request) for _ in range(ROUNDS[lab.session.profile]) for view in views]
    answers = await lab.session.client.gather(shots, concurrency=CONCURRENCY, purpose="attempt")
    crossed = _crossed(operation, answers, objects, about)
    if crossed is None and _lost(answers, objects) and not all(map(resource.settled, objects.values())):
        await asyncio.sleep(resource.spec.settle)  # one replica may have it and another not yet
        answers = await lab.session.client.gather(shots, concurrency=CONCURRENCY, purpose="attempt")
        crossed = _crossed(operation, answers, objects, about)
    return crossed or _judge(operation, views, answers, objects, about)


async def _created(resource: BoundResource, user: Identity, users: tuple[Identity, ...]) -> Owned:
    """Create an object, insistently: on a connection that still serves somebody else it may be refused.

    Between attempts requests of both users are in flight at once, so that each has some connections.
    """
    exchange, owned = await resource.try_create(user)
    for _ in range(ATTEMPTS):
        if owned is not None or exchange.response is None or not exchange.response.is_failure:
            break
        request = harmless(resource.lab, user)
        shots = [(each, request) for _ in range(CONCURRENCY) for each in users] if request else []
        await resource.lab.session.client.gather(shots, concurrency=2 * CONCURRENCY, purpose="warm-up")
        made = await asyncio.gather(*(resource.try_create(user) for _ in range(AT_ONCE)))
        owned = next((each for _, each in made if each is not None), None)
    if owned is None:
        raise resource.lab.no_control(f"{user.name} could not create a {resource.name}", exchange)
    return owned


def _crossed(
    operation: str, answers: list[Exchange], objects: dict[str, Owned], about: dict[str, Any]
) -> Observation | None:
    """Return the one proof that needs no control: somebody holds what another owns."""
    for answer in answers:
        other = next(owned for name, owned in objects.items() if name != answer.user)
        if other.marker.told_by(answer):
            sentence = f"under concurrency {answer.user} receives what {other.owner.name} owns, by {operation}"
            return failed(operation, sentence, other.created, answer, **about)
    return None


def _judge(
    operation: str, views: list[View], answers: list[Exchange], objects: dict[str, Owned], about: dict[str, Any]
) -> Observation:
    if not all(objects[view.user.name].marker.in_bytes(view.last.body) for view in views):
        sentence = f"an owner does not find what the own object holds by {operation}"
        return inconclusive(operation, "no-control", sentence, *(view.last for view in views), **about)
    limited = [answer for answer in answers if answer.limited]
    if limited:
        return inconclusive(
            operation,
            "quota",
            f"{len(limited)} of {len(answers)} concurrent requests were limited",
            limited[0],
            **about,
        )
    lost = _lost(answers, objects)
    if lost:
        share = f"{len(lost)} of {len(answers)} answers"
        sentence = f"under concurrency {lost[0].user} does not receive the own object by {operation} ({share})"
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
    share = f"{len(good)} interleaved answers, {_overlap(good):.0%} of them overlapping one of the other user"
    sentence = f"{share}: each held the own object only"
    return passed(operation, sentence, good[0], **about)


def _lost(answers: list[Exchange], objects: dict[str, Owned]) -> list[Exchange]:
    return [answer for answer in answers if answer.ok and not objects[answer.user].marker.in_bytes(answer.body)]


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
