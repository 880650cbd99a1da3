"""Off-by-one and absent limits (CWE-770, CWE-193): exactly the declared number passes from a full bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, unusable
from harness.expect import failed, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

SUBJECT = "exact limit"


@check(
    severity=Severity.HIGH,
    catches=["limits.absent", "limits.exact"],
    needs=Needs(features=("limits", "fresh-users"), drains=True, writes=False),
    owasp="API4:2023",
    cwe=770,
)
async def exact_limit(lab: Lab) -> AsyncIterator[Observation]:
    """A user gets exactly the declared number of requests from a full quota."""
    user = await limited_user(lab, "alice")
    drained = await drain(lab, user)
    useless = unusable(SUBJECT, drained, least=1)
    if useless is not None:
        yield useless
        return
    count, last = len(drained.accepted), drained.exchanges[-1]
    if not drained.refused:
        yield failed(
            SUBJECT,
            f"alice was never limited: {count} requests in {drained.seconds:.1f} s, {drained.limit} are declared",
            *drained.exchanges,
            users=("alice",),
        )
    elif count > drained.most:
        sentence = f"alice got {count} requests before the first 429, at most {drained.most} are declared"
        yield failed(SUBJECT, sentence, *drained.exchanges, users=("alice",), severity=Severity.MEDIUM)
    elif count < drained.limit:
        sentence = f"alice was limited after {count} requests, {drained.limit} are declared"
        yield failed(SUBJECT, sentence, *drained.exchanges, users=("alice",), severity=Severity.MEDIUM)
    else:
        yield passed(SUBJECT, f"alice got {count} requests, then 429; {drained.limit} are declared", last)
