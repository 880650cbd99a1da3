"""Existence oracles by time (CWE-208): another user's identifier must not take longer than one that nothing has.

Pairs of questions are interleaved in random order; see `harness.checks._pairs` for when a difference counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.checks._pairs import SMALLEST, Pairs
from harness.checks.oracle._questions import Question, alive, nowhere, questions
from harness.expect import failed, inconclusive, passed, skipped
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab, Owned
    from harness.model import Exchange, Identity, Observation

FIRST, MOST = 40, 400
WARM_UP = 4


@check(
    severity=Severity.MEDIUM,
    catches=["oracle.timing"],
    needs=Needs(users=2, operations=("create",), features=("plenty",), exclusive=True, timed=True, slow=True),
    owasp="API1:2023",
    cwe=208,
    mode="many",
)
async def timing(lab: Lab) -> AsyncIterator[Observation]:
    """The time of an answer does not tell another user's object from none."""
    alice, bob = await lab.two_users()
    for question in (each for each in questions(lab) if not each.condition):
        if question.kind != "create":
            yield await _measure(question, alice, bob)


async def _measure(question: Question, alice: Identity, bob: Identity) -> Observation:
    lab, operation, resource = question.resource.lab, question.operation, question.resource
    about: dict[str, Any] = {"operation": operation, "users": (alice.name, bob.name)}
    theirs, own = await resource.create(alice), await resource.create(bob)
    if await alive(alice, theirs, resource) is None:
        sentence = f"{alice.name} does not find the own {resource.name} that {operation} is asked for"
        return inconclusive(operation, "no-control", sentence, theirs.created, **about)
    await _sample(question, bob, theirs, own, WARM_UP)
    sample = await _sample(question, bob, theirs, own, FIRST)
    while len(sample) < min(sample.needed, MOST):
        sample.extend(await _sample(question, bob, theirs, own, FIRST))
    shown = (theirs.created, sample.known[-1], sample.unknown[-1])
    if any(exchange.ok for exchange in sample.known):
        return skipped(operation, "not-applicable", f"{operation} does not refuse {bob.name}", *shown, **about)
    again = await _sample(question, bob, theirs, own, 2 * FIRST) if sample.differs else None
    control = await lab.send(bob, await question.request(bob, own), purpose="control")
    if not control.ok:
        sentence = f"{operation} fails for {bob.name}'s own {resource.name} ({control.status}): its time says nothing"
        return inconclusive(operation, "no-control", sentence, control, **about)
    return _judge(question, sample, again, shown, about)


def _judge(
    question: Question, sample: Pairs, again: Pairs | None, shown: tuple[Exchange, ...], about: dict[str, Any]
) -> Observation:
    operation, pairs, stranger = question.operation, len(sample), about["users"][-1]
    if again is not None and sample.shown_again(again):
        much = f"{abs(sample.difference) * 1000:.1f} ms {'more' if sample.difference > 0 else 'less'}"
        sentence = (
            f"{operation} takes {stranger} {much} for another user's {question.resource.name} than for none "
            f"(medians of {pairs} pairs, again {again.difference * 1000:+.1f} ms in {len(again)})"
        )
        return failed(operation, sentence, *shown, **about)
    if sample.needed > pairs:
        sentence = f"times of {operation} vary too much: {pairs} pairs were measured, {sample.needed} are needed"
        return inconclusive(operation, "underpowered", sentence, *shown, **about)
    sentence = (
        f"{operation} takes {stranger} as long for another user's {question.resource.name} as for none "
        f"({sample.difference * 1000:+.1f} ms in {pairs} pairs; {SMALLEST * 1000:.0f} ms would be seen)"
    )
    return passed(operation, sentence, *shown, **about)


async def _sample(question: Question, bob: Identity, theirs: Owned, own: Owned, pairs: int) -> Pairs:
    lab, sample = question.resource.lab, Pairs()
    for _ in range(pairs):
        arms = [(sample.known, theirs), (sample.unknown, nowhere(question.resource, own))]
        lab.random.shuffle(arms)
        for arm, owned in arms:
            arm.append(await lab.send(bob, await question.request(bob, owned), purpose="attempt"))
    return sample
