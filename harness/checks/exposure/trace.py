"""TRACE repeats a request as it came, with its credential (RFC 9110, section 9.3.8; CAPEC-107).

Whatever a proxy adds, and a cookie that no script may read, comes back in a body.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks.exposure._echo import repeated
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.lab import genuine, harmless
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

SUBJECT = "TRACE"


@check(severity=Severity.MEDIUM, catches=["exposure.trace"], needs=Needs(), owasp="API8:2023", cwe=200)
async def trace(lab: Lab) -> AsyncIterator[Observation]:
    """TRACE does not answer with the credential that it was sent with."""
    user = await lab.user(lab.session.introductions.names[0])
    await genuine(lab, user)
    request = harmless(lab, user)
    if request is None:
        yield inconclusive(SUBJECT, "no-control", "the scenario names nothing that a user may read")
        return
    traced = replace(request, method="TRACE", headers=(), body=b"", operation=None)
    if not lab.may_send(traced):
        yield skipped(SUBJECT, "not-applicable", "TRACE may not be sent here")
        return
    control = await lab.send(user, request, purpose="control")
    answer = await lab.send(user, traced, purpose="attempt")
    place = repeated(lab, answer)
    if place is not None:
        sentence = f"TRACE is answered {answer.status}, with the credential of the request in the {place}"
        yield failed(SUBJECT, sentence, answer, users=(user.name,))
    elif not control.ok:
        yield inconclusive(SUBJECT, "no-control", f"the request itself is answered {status_of(control)}", control)
    else:
        yield passed(SUBJECT, f"TRACE is answered {answer.status}, without the credential of the request", answer)
