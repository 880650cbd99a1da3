"""A quota that comes back too early (CWE-770): over a whole window no more may pass than the limit and what refills."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, limits_of, probe, unusable
from harness.expect import failed, inconclusive, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation
    from harness.scenario.schema import LimitsSpec

SUBJECT = "refill"
LONGEST = 90.0
PACE = 3.0


@check(
    severity=Severity.MEDIUM,
    catches=["limits.refill"],
    needs=Needs(features=("limits", "fresh-users"), drains=True, writes=False, slow=True),
    owasp="API4:2023",
    cwe=770,
    mode="many",
)
async def refill(lab: Lab) -> AsyncIterator[Observation]:
    """The quota comes back as fast as declared, at the edge of a window too."""
    limits, client = limits_of(lab), lab.session.client
    if limits.window > LONGEST:
        sentence = (
            f"the window is {limits.window:g} s, {LONGEST:g} are watched at most: declare a smaller limit for tests"
        )
        yield inconclusive(SUBJECT, "no-control", sentence)
        return
    alice = await limited_user(lab, "alice")
    drained = await drain(lab, alice)
    useless = unusable(SUBJECT, drained)
    if useless is not None:
        yield useless
        return
    started = drained.exchanges[0].sent
    answers: list[Exchange] = []
    for pause in _pauses(limits):
        if answers and answers[-1].done - started >= limits.window * 1.1:
            break
        await asyncio.sleep(pause)
        answers.append(await client.send(alice, probe(lab), purpose="attempt"))
        accepted = len(drained.accepted) + sum(answer.ok for answer in answers)
        most = limits.most(answers[-1].done - started) + 1
        if accepted > most:
            seconds = answers[-1].done - started
            sentence = f"alice gets {accepted} requests through in {seconds:.1f} s, at most {most} are declared"
            yield failed(SUBJECT, sentence, drained.exchanges[0], answers[-1], users=("alice",))
            return
    if not any(answer.ok for answer in answers) or not any(answer.limited for answer in answers):
        sentence = f"nothing refilled, or nothing was limited, in {limits.window:g} s"
        yield inconclusive(SUBJECT, "no-control", sentence, answers[-1])
        return
    sentence = (
        f"alice gets {accepted} requests through in {answers[-1].done - started:.0f} s, {most} are declared at most"
    )
    yield passed(SUBJECT, sentence, drained.exchanges[0], answers[-1])


def _pauses(limits: LimitsSpec) -> Iterator[float]:
    """Walk the seconds between requests, of which more come than fit; a long pause, too: a record may be lost."""
    pace = 1 / (PACE * limits.rate)
    yield from [pace] * int(limits.window / 2 / pace)
    yield limits.window / 4
    yield from itertools.repeat(pace)
