"""Broken object level authorization (OWASP API1:2023, CWE-639): accounts, judged by what their owners then find.

A service may answer 204 and change the caller's own account, whatever the path names: so only the victim tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.isolation._victims import attempt, harm, names_of, owner_of_an_account
from harness.checks.sessions._accounts import newcomer, use
from harness.expect import failed, inconclusive, isolation_cell, passed, refusal, skipped, status_of
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.checks.isolation._victims import Attempt, Harm
    from harness.lab import Lab
    from harness.model import Exchange, Observation
    from harness.scenario.schema import Call

OWNER, STRANGER = "alice", "bob"


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.account"],
    needs=Needs(users=2, features=("account", "passwords", "whoami")),
    owasp="API1:2023",
    cwe=639,
)
async def foreign_account(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot change or delete the account of another user, nor its password."""
    await genuine(lab, await lab.new_user(OWNER))
    for call in lab.scenario.users.account:
        yield await _account(lab, call)


async def _account(lab: Lab, call: Call) -> Observation:
    """Let Bob try it on one account, and its owner on another one."""
    control, account = await _own(lab, call)
    victim, stranger = await owner_of_an_account(lab, OWNER), await newcomer(lab, STRANGER)
    named = (await names_of(lab, victim, call))[account]
    alive = await use(lab, stranger)
    tried = await attempt(lab, stranger, call, named, purpose="attempt")
    done = await harm(lab, victim, call, named, tried, purpose="read-back")
    return _judge(call, tried.exchange, done, alive, control)


async def _own(lab: Lab, call: Call) -> tuple[tuple[Attempt, Harm], int]:
    """Return what came of an owner's own call, and which way of naming the account it was done with."""
    owner = await owner_of_an_account(lab, OWNER)
    names = await names_of(lab, owner, call)
    first = None
    for position, name in enumerate(names):
        done = await attempt(lab, owner, call, name, purpose="control")
        found = done, await harm(lab, owner, call, name, done, purpose="control")
        if found[1].what is not None or done.exchange.ok:
            return found, position
        first = first or found
    assert first is not None  # noqa: S101 -- a newcomer has a name
    return first, 0


def _judge(call: Call, tried: Exchange, done: Harm, alive: Exchange, control: tuple[Attempt, Harm]) -> Observation:
    operation, own = call.operation, control[0].exchange
    about = {
        "operation": operation,
        "users": (OWNER, STRANGER),
        "cell": isolation_cell(operation, OWNER, STRANGER),
    }
    if done.what is not None:
        sentence = f"{STRANGER} names {OWNER}'s account in {operation} ({status_of(tried)}), and {done.what}"
        return failed(operation, sentence, alive, tried, *done.seen, **about)
    if not alive.ok:
        sentence = f"{STRANGER} is refused everywhere ({status_of(alive)}), so the refusal means nothing"
        return inconclusive(operation, "no-control", sentence, alive, tried, **about)
    if control[1].what is not None:
        sentence = (
            f"{OWNER} can use {operation} on the own account ({own.status}); when {STRANGER} names it "
            f"({status_of(tried)}), {OWNER} finds the account and its password as they were"
        )
        return passed(operation, sentence, own, *control[1].seen[-1:], tried, *done.seen, **about)
    if refusal(own) in {"401", "403"} and refusal(tried) is not None:
        sentence = f"{operation} is not for plain users: {OWNER} may not use it on the own account ({own.status})"
        return skipped(operation, "not-applicable", sentence, own, tried, operation=operation)
    sentence = f"{OWNER} sees no effect of {operation} on the own account either ({status_of(own)})"
    return inconclusive(operation, "no-control", sentence, own, tried, *done.seen, **about)
