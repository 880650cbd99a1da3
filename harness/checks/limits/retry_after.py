"""A limited client must be told when to come back (RFC 6585, section 4; RFC 9110, section 10.2.3)."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, limits_of, unusable
from harness.expect import failed, inconclusive, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

SUBJECT = "Retry-After"


@check(
    severity=Severity.MEDIUM,
    catches=["limits.retry-after"],
    needs=Needs(features=("limits", "fresh-users"), drains=True, writes=False),
    owasp="API4:2023",
    cwe=684,
)
async def retry_after(lab: Lab) -> AsyncIterator[Observation]:
    """A limited user is told when the next request fits."""
    drained = await drain(lab, await limited_user(lab, "alice"))
    useless = unusable(SUBJECT, drained)
    if useless is not None:
        yield useless
    elif not drained.refused:
        yield inconclusive(SUBJECT, "no-control", "no 429 could be produced", drained.exchanges[-1])
    else:
        limits, refused = limits_of(lab), drained.refused[0]
        text = (refused.response.header(limits.headers.retry_after) if refused.response else None) or ""
        if not text:
            yield failed(SUBJECT, f"a 429 carries no {limits.headers.retry_after}", refused, users=("alice",))
        elif not _sensible(text, limits.window):
            yield failed(
                SUBJECT,
                f"{limits.headers.retry_after} is {text[:60]!r} in a 429, expected at most {limits.window:g} or a date",
                refused,
                users=("alice",),
            )
        else:
            yield passed(SUBJECT, f"a 429 says {limits.headers.retry_after}: {text}", refused)


def _sensible(text: str, window: float) -> bool:
    if text.strip().isdecimal():
        return int(text) <= window + 1
    try:
        parsedate_to_datetime(text)
    except ValueError:
        return False
    return True
