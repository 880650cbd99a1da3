"""A service that says it is ready while its operations fail (CWE-684) is sent traffic that it cannot serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import genuine, harmless
from harness.model import Needs, Request, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

SUBJECT = "readiness"
ROUNDS = 5


@check(
    severity=Severity.MEDIUM,
    catches=["deployment.ready"],
    needs=Needs(features=("ready",)),
    owasp="API8:2023",
    cwe=684,
)
async def ready(lab: Lab) -> AsyncIterator[Observation]:
    """While the service says that it is ready, its operations work."""
    operation = lab.scenario.target.ready
    assert operation is not None  # noqa: S101 -- Needs(features=("ready",))
    method, _, path = operation.partition(" ")
    user = await lab.user(lab.session.introductions.names[0])
    await genuine(lab, user)
    request, send = harmless(lab, user), lab.session.client.send
    if request is None:
        yield inconclusive(
            SUBJECT, "no-control", "the scenario names nothing that a user may read without creating first"
        )
        return
    for _ in range(ROUNDS):
        before = await send(lab.anonymous, Request(method=method, target=path, operation=operation), purpose="control")
        work = await send(user, request, purpose="attempt")
        after = await send(lab.anonymous, Request(method=method, target=path, operation=operation), purpose="control")
        broken = work.status is None or work.status >= 500  # noqa: PLR2004
        if before.ok and after.ok and broken:
            sentence = f"{operation} says ready before and after {request.operation} is answered {status_of(work)}"
            yield failed(SUBJECT, sentence, before, work, after)
            return
        if not (before.ok and work.ok and after.ok):
            said = f"{operation} {status_of(before)}, {request.operation} {status_of(work)}, then {status_of(after)}"
            yield inconclusive(SUBJECT, "no-control", said, before, work, after)
            return
    yield passed(
        SUBJECT, f"{operation} said ready, and {request.operation} worked, {ROUNDS} times", before, work, after
    )
