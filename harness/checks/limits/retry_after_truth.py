"""A Retry-After that is too short makes clients hammer, one that is too long locks them out."""

from __future__ import annotations

import asyncio
import contextlib
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, limits_of, number, probe, unusable
from harness.expect import failed, inconclusive, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.checks.limits._quota import Drained
    from harness.lab import Lab
    from harness.model import Exchange, Observation
    from harness.recording import Recorder
    from harness.scenario.schema import LimitsSpec

SUBJECT = "Retry-After truth"
LONGEST = 60
LONG = 4.0
"""Seconds from which a wait is so long that half of it is tried, too."""
MARGIN = 0.1
SLACK = 2.0


@check(
    severity=Severity.MEDIUM,
    catches=["limits.retry-after-truth", "limits.refill"],
    needs=Needs(features=("limits", "fresh-users"), drains=True, writes=False, waits=True),
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
    refused = drained.refused[0] if drained.refused else drained.exchanges[-1]
    wait = _wait(refused, limits.headers.retry_after) if drained.refused else None
    if wait is None or wait > LONGEST:
        yield inconclusive(
            SUBJECT,
            "no-control",
            f"no 429 with a {limits.headers.retry_after} of at most {LONGEST} s: declare a smaller limit for tests",
            refused,
        )
        return
    if limits.algorithm == "fixed-window" and wait >= LONG:
        await _until(client.recorder, refused.done + wait / 2)
        early = await client.send(alice, probe(lab), purpose="attempt")
        if early.ok:
            yield _too_long(wait, wait / 2, refused, early)
            return
    await _until(client.recorder, refused.done + wait + MARGIN)
    series = [await client.send(alice, probe(lab), purpose="attempt") for _ in range(drained.limit + 1)]
    yield _judge(limits, drained, wait, series)


def _judge(limits: LimitsSpec, drained: Drained, wait: float, series: list[Exchange]) -> Observation:
    """The first must fit, and no more than came back; of a bucket it is known when the first one fitted."""
    accepted, refused, bucket = sum(exchange.ok for exchange in series), drained.refused[0], limits.algorithm
    passing = int(limits.rate * (series[-1].done - drained.exchanges[0].sent)) + 1
    back = passing - (len(drained.accepted) - drained.limit) if bucket == "token-bucket" else limits.requests
    if not series[0].ok:
        sentence = f"{wait:g} s later, as told, the next request is answered {status_of(series[0])}"
        return failed(SUBJECT, sentence, refused, series[0], users=("alice",))
    if accepted > back:
        sentence = f"{accepted} requests fit {wait:g} s after a 429, at most {back} come back in that time"
        return failed(SUBJECT, sentence, refused, *series[:1], users=("alice",))
    if bucket == "token-bucket" and limits.rate * wait > SLACK * (1 + limits.rate):
        return _too_long(wait, 1 / limits.rate, refused)
    sentence = f"{wait:g} s after a 429, as told, {accepted} requests fit; {back} may have come back"
    return passed(SUBJECT, sentence, refused, series[0])


def _too_long(wait: float, enough: float, *shown: Exchange) -> Observation:
    return failed(SUBJECT, f"a 429 says {wait:g} s, one request fits after {enough:.1f} s", *shown, users=("alice",))


def _wait(refused: Exchange, header: str) -> float | None:
    """Return the seconds that a 429 asks for, as a number or as a time by the service's own clock."""
    seconds = number(refused, header, "reset")
    if seconds is not None or refused.response is None:
        return seconds
    with contextlib.suppress(ValueError, TypeError):
        then = parsedate_to_datetime(refused.response.header(header) or "").timestamp()
        said = refused.response.header("Date")
        return max(0.0, then - (parsedate_to_datetime(said).timestamp() if said else refused.at))
    return None


async def _until(recorder: Recorder, moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - recorder.now()))
