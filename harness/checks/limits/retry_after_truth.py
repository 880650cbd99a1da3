"""A Retry-After that is too short makes clients hammer, one that is too long locks them out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, limits_of, number, probe, unusable
from harness.expect import failed, inconclusive, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

SUBJECT = "Retry-After truth"
LONGEST = 30
MARGIN = 0.1
SLACK = 2.0


@check(
    severity=Severity.MEDIUM,
    catches=["limits.retry-after-truth", "limits.refill"],
    needs=Needs(features=("limits", "fresh-users"), drains=True, writes=False),
    owasp="API4:2023",
    cwe=684,
)
async def retry_after_truth(lab: Lab) -> AsyncIterator[Observation]:
    """After the time in Retry-After one request fits, and no more than refilled."""
    limits, client = limits_of(lab), lab.session.client
    alice = await limited_user(lab, "alice")
    drained = await drain(lab, alice)
    useless = unusable(SUBJECT, drained)
    if useless is not None:
        yield useless
        return
    wait = number(drained.refused[0], limits.headers.retry_after) if drained.refused else None
    if wait is None or wait > LONGEST:
        yield inconclusive(
            SUBJECT,
            "no-control",
            f"no 429 with a {limits.headers.retry_after} of at most {LONGEST} s: declare a smaller limit for tests",
            drained.exchanges[-1],
        )
        return
    await asyncio.sleep(max(0.0, wait + MARGIN - (client.recorder.now() - drained.refused[0].done)))
    series = [await client.send(alice, probe(lab), purpose="attempt") for _ in range(drained.limit + 1)]
    accepted = sum(exchange.ok for exchange in series)
    refilled = (
        int(limits.rate * (series[-1].done - drained.exchanges[0].sent)) + 1 - (len(drained.accepted) - drained.limit)
    )
    if not series[0].ok:
        yield failed(
            SUBJECT,
            f"{wait} s later, as told, the next request is answered {status_of(series[0])}",
            drained.refused[0],
            series[0],
            users=("alice",),
        )
    elif accepted > refilled:
        sentence = f"{accepted} requests fit {wait} s after a 429, at most {refilled} refill in that time"
        yield failed(SUBJECT, sentence, drained.refused[0], *series[:1], users=("alice",), severity=Severity.MEDIUM)
    elif limits.rate * wait > SLACK * (1 + limits.rate):
        yield failed(
            SUBJECT,
            f"a 429 says {wait} s, one request fits after {1 / limits.rate:.1f} s",
            drained.refused[0],
            users=("alice",),
        )
    else:
        yield passed(
            SUBJECT,
            f"{wait} s after a 429, as told, {accepted} requests fit; {refilled} may have refilled",
            drained.refused[0],
            series[0],
        )
