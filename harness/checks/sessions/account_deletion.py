"""Sessions that outlive the account (CWE-613): a user who is gone must not be let in, in any session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.sessions._accounts import another_session, entered, log_in, newcomer, own_call, use
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
    catches=["sessions.deletion"],
    needs=Needs(features=("passwords", "delete-account")),
    owasp="API2:2023",
    cwe=613,
)
async def account_deletion(lab: Lab) -> AsyncIterator[Observation]:
    """After the deletion of an account none of its sessions is accepted."""
    call = lab.scenario.users.delete_account
    assert call is not None  # noqa: S101 -- Needs(features=("delete-account",))
    await genuine(lab, await lab.new_user("bob"))
    user, witness = await newcomer(lab, "alice"), await newcomer(lab, "bob")
    sessions = [await another_session(lab, user), await another_session(lab, user)]
    before = [await use(lab, session) for session in sessions]
    deleted = await own_call(lab, sessions[0], call)
    about = {"operation": call.operation, "users": ("alice",)}
    if not all(exchange.ok for exchange in before) or not deleted.ok:
        sentence = f"alice's account could not be deleted ({status_of(before[0])}, then {status_of(deleted)})"
        yield inconclusive(call.operation, "no-control", sentence, *before, deleted, **about)
        return
    after = [await use(lab, session, "attempt") for session in sessions]
    again = await log_in(lab, str(user.username), user.password.value if user.password else "")
    control = await use(lab, witness)
    opened = [again] if entered(lab, again) else []
    survived = next((exchange for exchange in (*opened, *after) if exchange.ok), None)
    if survived is not None:
        how = "lets alice log in again" if survived is again else "still accepts a session of alice's"
        sentence = f"after {call.operation} the service {how} ({survived.status})"
        yield failed(call.operation, sentence, *before, deleted, survived, **about)
    elif not control.ok:
        sentence = f"after {call.operation} another user is refused too ({status_of(control)})"
        yield inconclusive(call.operation, "no-control", sentence, deleted, control, **about)
    else:
        sentence = f"after {call.operation} alice's sessions and password are refused ({after[0].status}), bob is not"
        yield passed(call.operation, sentence, *before, deleted, *after, control, **about)
