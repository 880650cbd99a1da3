"""Requests that are free because they say to be retries (CWE-799): whoever may say so sends as many as it likes.

So does whoever may say to know an answer already, if what is believed to be answered 304 costs nothing.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, unusable
from harness.expect import failed, inconclusive, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

SUBJECT = "repeated requests"


@check(
    severity=Severity.HIGH,
    catches=["limits.uncounted"],
    needs=Needs(features=("limits", "fresh-users"), drains=True, writes=False),
    owasp="API4:2023",
    cwe=799,
)
async def repeated_requests(lab: Lab) -> AsyncIterator[Observation]:
    """A request that bears the id of an earlier one, or an entity tag, counts like any other."""
    known, named = str(uuid.uuid4()), lab.scenario.tracing.header if lab.scenario.tracing else "X-Request-ID"
    headers = ((named, known), ("Idempotency-Key", known), ("X-Retry-Count", "1"), ("If-None-Match", f'"{known}"'))
    drained = await drain(lab, await limited_user(lab, "alice"), headers=headers)
    useless = unusable(SUBJECT, drained)
    if useless is not None:
        yield useless
        return
    count = len(drained.accepted)
    if count > drained.most:
        sentence = f"{count} requests with one {named} were accepted, {drained.most} are allowed at most"
        yield failed(SUBJECT, sentence, drained.accepted[-1], users=("alice",))
    elif not drained.refused:
        sentence = f"{count} requests with one {named} were accepted, and none was refused"
        yield inconclusive(SUBJECT, "no-control", sentence, drained.exchanges[-1])
    else:
        sentence = f"of requests with one {named}, {count} were accepted ({drained.most} at most), then came the 429"
        yield passed(SUBJECT, sentence, drained.accepted[0], drained.refused[0])
