"""Quota headers that do not follow the quota (CWE-684)."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, limits_of, number, unusable
from harness.expect import failed, inconclusive, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.checks.limits._quota import Drained
    from harness.lab import Lab
    from harness.model import Exchange, Observation

SUBJECT = "quota headers"
ENOUGH = 10
FIELDS = ("RateLimit", "RateLimit-Remaining", "X-RateLimit-Remaining", "X-Rate-Limit-Remaining")
"""Usual names of what says how much is left: where several stand in an answer, clients read any of them."""
SKEW = 3.0


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
        said = {number(exchange, headers.limit, "limit") for exchange in drained.exchanges}
        judge = passed if said == {drained.limit} else failed
        yield judge(
            f"{SUBJECT}: {headers.limit}",
            f"{headers.limit} says {_words(said)}, {drained.limit} is declared",
            drained.exchanges[-1],
        )
    if headers.remaining is not None:
        yield _remaining(drained, headers.remaining)
        for name in FIELDS:
            if name.lower() != headers.remaining.lower() and (lies := _beside(drained, headers.remaining, name)):
                yield lies
    if headers.reset is not None:
        yield _reset(drained, headers.reset, window=limits_of(lab).window, epoch=headers.reset_is == "epoch")


def _remaining(drained: Drained, header: str) -> Observation:
    """Remaining falls by one with each accepted request, what refills aside, and reaches zero just before the 429."""
    subject = f"{SUBJECT}: {header}"
    said = [number(exchange, header) for exchange in drained.accepted]
    slack = drained.most - drained.limit + 1
    for position, left in enumerate(said, start=1):
        expected = max(0, drained.limit - position)
        if left is None or not expected <= left <= expected + slack:
            sentence = f"{header} says {left} after request {position} of {drained.limit}, expected {expected}"
            return failed(subject, sentence, drained.accepted[position - 1])
    wrong = next((each for each in drained.refused if number(each, header) not in {None, 0}), None)
    if wrong is not None:
        return failed(subject, f"{header} says {number(wrong, header)} in a refusal ({wrong.status})", wrong)
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


def _beside(drained: Drained, header: str, other: str) -> Observation | None:
    """Return that another header tells of a quota of the same size, and in a refusal that something of it is left.

    What begins larger or smaller is another quota, and so may be any of several in one field.
    """
    begins = max((left for each in drained.exchanges if (left := number(each, other)) is not None), default=None)
    refused = next((each for each in drained.refused if number(each, header) == 0 and number(each, other)), None)
    if begins not in {drained.limit, drained.limit - 1} or refused is None or "," in _text(refused, other):
        return None
    left = number(refused, other)
    sentence = f"{other} says that {left} are left in a refusal ({refused.status}), where {header} says 0"
    return failed(f"{SUBJECT}: {other}", sentence, refused)


def _text(exchange: Exchange, header: str) -> str:
    return (exchange.response.header(header) if exchange.response else None) or ""


def _reset(drained: Drained, header: str, *, window: float, epoch: bool) -> Observation:
    """The quota is full again not before now, and within one window; clocks may differ by a little."""
    subject = f"{SUBJECT}: {header}"
    for exchange in drained.exchanges:
        said = number(exchange, header, "reset")
        left = None if said is None else said - (_clock(exchange) if epoch else 0)
        if left is None or not -SKEW <= left <= window + SKEW:
            meant = "a time in seconds since 1970" if epoch else "seconds from now"
            sentence = f"{header} says {said}, expected {meant} within the window of {window:g} s"
            return failed(subject, sentence, exchange)
    return passed(subject, f"{header} names a time within {window:g} s in {len(drained.exchanges)} answers", exchange)


def _clock(exchange: Exchange) -> float:
    """Return the time by the service's own clock where it says it, else by ours."""
    said = exchange.response.header("Date") if exchange.response else None
    try:
        return parsedate_to_datetime(said).timestamp() if said else exchange.at
    except ValueError:
        return exchange.at


def _words(said: set[int | None]) -> str:
    return ", ".join(sorted("nothing" if each is None else str(each) for each in said))
