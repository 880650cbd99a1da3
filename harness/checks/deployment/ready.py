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
    from harness.model import Exchange, Observation

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
    hiccup = False
    rounds = 0
    while rounds < ROUNDS:
        before = await send(lab.anonymous, Request(method=method, target=path, operation=operation), purpose="control")
        work = await send(user, request, purpose="attempt")
        after = await send(lab.anonymous, Request(method=method, target=path, operation=operation), purpose="control")
        wrong = _wrong(operation, before, work, after)
        if wrong is not None and hiccup:
            yield wrong
            return
        hiccup = hiccup or wrong is not None  # once is a restart, or a moment of much work
        rounds += wrong is None
    yield passed(
        SUBJECT, f"{operation} said ready, and {request.operation} worked, {ROUNDS} times", before, work, after
    )


def _wrong(operation: str, before: Exchange, work: Exchange, after: Exchange) -> Observation | None:
    """Return what is wrong in one round, None where nothing is."""
    if before.ok and after.ok and work.broken:
        sentence = f"{operation} says ready before and after {work.request.operation} is answered {status_of(work)}"
        return failed(SUBJECT, sentence, before, work, after)
    if before.ok and work.ok and after.ok:
        return None
    sentence = f"{operation} {status_of(before)}, {work.request.operation} {status_of(work)}, then {status_of(after)}"
    return inconclusive(SUBJECT, "no-control", sentence, before, work, after)
