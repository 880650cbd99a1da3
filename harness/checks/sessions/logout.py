"""Sessions that outlive the log-out (CWE-613)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.sessions._accounts import another_session, newcomer, own_call, use
from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation


@check(
    severity=Severity.HIGH,
    catches=["sessions.logout"],
    needs=Needs(features=("passwords", "logout")),
    owasp="API2:2023",
    cwe=613,
)
async def logout(lab: Lab) -> AsyncIterator[Observation]:
    """After a log-out the session is refused."""
    call = lab.scenario.users.logout
    assert call is not None  # noqa: S101 -- Needs(features=("logout",))
    await genuine(lab, await lab.new_user("bob"))
    user = await newcomer(lab, "alice")
    session = await another_session(lab, user)
    before = await use(lab, session)
    left = await own_call(lab, session, call)
    about = {"operation": call.operation, "users": ("alice",)}
    if not before.ok or not left.ok:
        sentence = f"alice could not log out ({status_of(before)}, then {status_of(left)})"
        yield inconclusive(call.operation, "no-control", sentence, before, left, **about)
        return
    after = await use(lab, session, "attempt")
    control = await use(lab, await another_session(lab, user))
    if after.ok:
        sentence = f"after {call.operation} alice's session is still accepted ({after.status})"
        yield failed(call.operation, sentence, before, left, after, **about)
    elif not control.ok:
        sentence = f"after {call.operation} a new session of alice's is refused too ({status_of(control)})"
        yield inconclusive(call.operation, "no-control", sentence, left, control, **about)
    else:
        sentence = f"after {call.operation} alice's session is refused ({after.status}), a new one accepted"
        yield passed(call.operation, sentence, before, left, after, control, **about)
