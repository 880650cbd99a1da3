"""Quota headers that do not follow the quota (CWE-684)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, limits_of, number, unusable
from harness.expect import failed, inconclusive, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.checks.limits._quota import Drained
    from harness.lab import Lab
    from harness.model import Observation

SUBJECT = "quota headers"
ENOUGH = 10


@check(
    severity=Severity.MEDIUM,
    catches=["limits.headers"],
    needs=Needs(features=("limits", "fresh-users", "limit-headers"), drains=True, writes=False),
    owasp="API4:2023",
    cwe=684,
)
async def headers_truthful(lab: Lab) -> AsyncIterator[Observation]:
    """The quota headers say what the limiter then does."""
    headers = limits_of(lab).headers
    drained = await drain(lab, await limited_user(lab, "alice"))
    useless = unusable(SUBJECT, drained)
    if useless is not None:
        yield useless
        return
    if len(drained.accepted) < ENOUGH:
        yield inconclusive(
            SUBJECT, "no-control", f"only {len(drained.accepted)} requests were accepted, {ENOUGH} are needed"
        )
        return
    if headers.limit is not None:
        said = {number(exchange, headers.limit) for exchange in drained.exchanges}
        judge = passed if said == {drained.limit} else failed
        yield judge(
            f"{SUBJECT}: {headers.limit}",
            f"{headers.limit} says {_words(said)}, {drained.limit} is declared",
            drained.exchanges[-1],
        )
    if headers.remaining is not None:
        yield _remaining(drained, headers.remaining)


def _remaining(drained: Drained, header: str) -> Observation:
    """Remaining falls by one with each accepted request (what refills meanwhile aside), and reaches zero just before the 429."""
    subject = f"{SUBJECT}: {header}"
    said = [number(exchange, header) for exchange in drained.accepted]
    slack = drained.most - drained.limit + 1
    for position, left in enumerate(said, start=1):
        expected = max(0, drained.limit - position)
        if left is None or not expected <= left <= expected + slack:
            sentence = f"{header} says {left} after request {position} of {drained.limit}, expected {expected}"
            return failed(subject, sentence, drained.accepted[position - 1])
    if not drained.refused:
        return inconclusive(
            subject, "no-control", f"{header} fell to {said[-1]}, but no 429 followed", drained.exchanges[-1]
        )
    return passed(
        subject,
        f"{header} fell from {said[0]} to {said[-1]} in {len(said)} requests, then came the 429",
        drained.accepted[0],
        drained.refused[0],
    )


def _words(said: set[int | None]) -> str:
    return ", ".join(sorted("nothing" if each is None else str(each) for each in said))
