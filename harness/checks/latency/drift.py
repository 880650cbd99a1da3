"""A service that becomes slower with every request (CWE-401): something grows and is searched each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.latency._timing import low, series
from harness.expect import failed, inconclusive, passed
from harness.lab import genuine, harmless
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

SUBJECT = "latency with age"
SAMPLE = 60
BETWEEN = 2500
CONCURRENCY = 16
STEP = 2.0
"""Milliseconds by which the latency may rise with each `BETWEEN` requests."""


@check(
    severity=Severity.MEDIUM,
    catches=["latency.drift"],
    needs=Needs(users=1, features=("plenty", "load"), exclusive=True, timed=True, slow=True),
    owasp="API4:2023",
    cwe=401,
    mode="many",
)
async def drift(lab: Lab) -> AsyncIterator[Observation]:
    """The service is as fast after thousands of requests as before."""
    load = lab.scenario.load
    user = await lab.user("alice", load.claims if load else None)
    await genuine(lab, user)
    request = harmless(lab, user)
    if request is None:
        yield inconclusive(SUBJECT, "no-harmless-operation", "nothing private to ask for again and again")
        return
    await series(lab, user, request, SAMPLE)
    lows = []
    for turn in range(3):
        if turn:
            shots = [(user, request)] * BETWEEN
            answers = await lab.session.client.gather(shots, concurrency=CONCURRENCY, purpose="ageing")
            bad = next((answer for answer in answers if not answer.ok), None)
            if bad is not None:
                yield inconclusive(SUBJECT, "no-control", f"of {BETWEEN} requests one was answered {bad.status}", bad)
                return
        sample = await series(lab, user, request, SAMPLE)
        lows.append(low(sample))
    said = f"{request.operation} takes {', '.join(f'{each:.1f}' for each in lows)} ms, {BETWEEN} requests apart"
    if lows[1] - lows[0] > STEP and lows[2] - lows[1] > STEP:
        yield failed(SUBJECT, f"{said}: it becomes slower with every request", sample[-1], operation=request.operation)
    else:
        yield passed(SUBJECT, f"{said}: it does not become slower", sample[-1], operation=request.operation)
