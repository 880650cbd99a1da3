"""A limiter that reads, then writes (CWE-362): requests at one moment must not get more than one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.limits._quota import limited_user, limits_of, probe
from harness.expect import failed, inconclusive, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Observation

SUBJECT = "burst"
LARGEST = 128
USERS = 5
CREATING = 2
"""Users who create at one moment, for each resource: what they make has to be removed again."""
SHARE = 0.9


@check(
    severity=Severity.HIGH,
    catches=["limits.race"],
    needs=Needs(features=("limits", "fresh-users"), drains=True),
    owasp="API4:2023",
    cwe=362,
    mode="many",
)
async def concurrent_burst(lab: Lab) -> AsyncIterator[Observation]:
    """Requests sent at one moment get no more through than the declared limit."""
    limits = limits_of(lab)
    count = min(LARGEST, max(2 * limits.requests, 8))
    for attempt in range(1, USERS + 1):
        user = await limited_user(lab, f"burst{attempt}")
        answers = await lab.session.client.burst([(user, probe(lab))] * count)
        yield _judge(f"{SUBJECT} {attempt}", answers, limits.requests, limits.rate)
    for resource in [each for each in lab.resources_with("create") if each.spec.parent is None]:
        for attempt in range(1, CREATING + 1):
            yield await _creating(lab, resource, attempt, count)


async def _creating(lab: Lab, resource: BoundResource, attempt: int, count: int) -> Observation:
    """Create at one moment: what writes is often counted elsewhere than what reads, and what it made is kept."""
    limits, operation = limits_of(lab), resource.operation("create")
    user = await limited_user(lab, f"burst{USERS + attempt}")
    made = [(await resource.creation(user, resource.mark(user)))[0] for _ in range(count)]
    answers = await lab.session.client.burst([(user, request) for request in made])
    for answer in answers:
        await resource.keep(user, answer)
    return _judge(f"{SUBJECT}: {operation} {attempt}", answers, limits.requests, limits.rate)


def _judge(subject: str, answers: list[Exchange], limit: int, rate: float) -> Observation:
    accepted = [answer for answer in answers if answer.ok]
    refused = [answer for answer in answers if answer.limited]
    seconds = max(answer.done for answer in answers) - min(answer.sent for answer in answers)
    most = limit + int(rate * seconds)
    if len(accepted) + len(refused) < SHARE * len(answers):
        strange = next(answer for answer in answers if answer not in accepted and answer not in refused)
        return inconclusive(
            subject,
            "unclear",
            f"of {len(answers)} simultaneous requests only {len(accepted) + len(refused)} got a success or a 429",
            strange,
        )
    if len(accepted) > most:
        sentence = f"{len(accepted)} of {len(answers)} simultaneous requests got through, at most {most} are declared"
        return failed(
            subject.rstrip("0123456789 "), sentence, accepted[-1], users=(accepted[0].user.rstrip("0123456789"),)
        )
    if not refused:
        return inconclusive(
            subject, "no-control", f"{len(answers)} simultaneous requests do not reach the limit of {limit}", answers[0]
        )
    return passed(
        subject,
        f"{len(accepted)} of {len(answers)} simultaneous requests got through in {seconds:.2f} s, {limit} are declared",
        accepted[0],
        refused[0],
    )
