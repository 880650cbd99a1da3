"""Sessions that outlive the password (CWE-613): whoever stole one must lose it when the owner changes the password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.sessions._accounts import another_session, entered, log_in, newcomer, own_call, use
from harness.expect import failed, inconclusive, passed, status_of
from harness.identities.passwords import new_password
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation


@check(
    severity=Severity.HIGH,
    catches=["sessions.password-change"],
    needs=Needs(features=("passwords", "change-password")),
    owasp="API2:2023",
    cwe=613,
)
async def password_change(lab: Lab) -> AsyncIterator[Observation]:
    """After a change of the password, other sessions and the old password are refused."""
    call = lab.scenario.users.change_password
    assert call is not None  # noqa: S101 -- Needs(features=("change-password",))
    await genuine(lab, await lab.new_user("bob"))
    user = await newcomer(lab, "alice")
    other = await another_session(lab, user)
    await another_session(lab, user)  # a later one, which is not the only one to be ended
    before = await use(lab, other)
    fresh = new_password()
    lab.session.introductions.vault.remember(fresh)
    changed = await own_call(lab, user, call, new_password=fresh)
    if not before.ok or not changed.ok:
        sentence = f"alice's password could not be changed ({status_of(before)}, then {status_of(changed)})"
        yield inconclusive(call.operation, "no-control", sentence, before, changed)
        return
    old = await log_in(lab, str(user.username), user.password.value if user.password else "")
    control = await use(lab, await another_session(lab, user, fresh))
    after = await use(lab, other, "attempt")
    yield _judge_session(call.operation, before, changed, after, control, signed=other.claims is not None)
    if entered(lab, old):
        sentence = f"after {call.operation} alice's old password still opens a session ({old.status})"
        yield failed("old password", sentence, changed, old, operation=call.operation, users=("alice",))
    else:
        sentence = f"after {call.operation} alice's old password is refused ({status_of(old)}) and the new one accepted"
        yield passed("old password", sentence, changed, old, control, operation=call.operation)


def _judge_session(operation: str, *steps: Exchange, signed: bool = False) -> Observation:
    """Return what the steps tell; a signed token that nobody can withdraw ends by itself, which is less grave."""
    before, changed, after, control = steps
    about = {"operation": operation, "users": ("alice",)}
    if after.ok:
        sentence = f"alice changes the password; a session from before is still accepted ({after.status})"
        severity = Severity.MEDIUM if signed else Severity.HIGH
        return failed("other session", sentence, before, changed, after, severity=severity, **about)
    if not control.ok:
        sentence = f"after the change alice's new session is refused too ({status_of(control)})"
        return inconclusive("other session", "no-control", sentence, changed, control, **about)
    sentence = f"alice changes the password; a session from before is refused ({after.status}), a new one accepted"
    return passed("other session", sentence, before, changed, after, control, **about)
