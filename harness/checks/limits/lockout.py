"""Guessing without end (CWE-307): after the declared number of wrong passwords even the right one is refused.

Tried one after another, and all at one moment: one that counts after it has compared lets parallel guesses through.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.checks.sessions._accounts import entered, log_in, newcomer
from harness.expect import failed, inconclusive, passed, status_of
from harness.identities.passwords import new_password
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation

AT_ONCE = 4


@check(
    severity=Severity.HIGH,
    catches=["limits.lockout"],
    needs=Needs(features=("passwords", "lockout")),
    owasp="API2:2023",
    cwe=307,
)
async def lockout(lab: Lab) -> AsyncIterator[Observation]:
    """Guessing a password is stopped, in sequence and in parallel."""
    declared = lab.scenario.users.lockout
    assert declared is not None  # noqa: S101 -- Needs(features=("lockout",))
    await genuine(lab, await lab.new_user("bob"))
    witness = await newcomer(lab, "bob")
    user = await newcomer(lab, "alice")
    tried = [await _wrong(lab, user) for _ in range(declared.failures)]
    yield await _judge(lab, "in sequence", (user, witness), tried)
    user = await newcomer(lab, "alice")
    parallel = await asyncio.gather(*(_wrong(lab, user) for _ in range(AT_ONCE * declared.failures)))
    yield await _judge(lab, "in parallel", (user, witness), parallel)


async def _judge(lab: Lab, how: str, users: tuple[Identity, Identity], tried: list[Exchange]) -> Observation:
    """The right password must be refused now; that of somebody else must not, or nothing is known."""
    operation = str(tried[0].request.operation)
    about = {"operation": operation, "users": ("alice",)}
    declared = lab.scenario.users.lockout
    failures = declared.failures if declared else 0
    right, other = [await _right(lab, user) for user in users]
    if entered(lab, right):
        sentence = f"after {len(tried)} wrong passwords {how} the right one still lets alice in ({right.status})"
        return failed(how, sentence, tried[0], tried[-1], right, **about)
    compared = [exchange for exchange in tried if exchange.status == tried[0].status]
    refused = [exchange for exchange in tried if exchange.status == right.status != tried[0].status]
    if refused and len(compared) > failures:
        sentence = f"{len(compared)} passwords {how} were compared before the lock-out, {failures} are declared"
        return failed(how, sentence, tried[0], refused[-1], right, **about)
    if not entered(lab, other):
        sentence = f"{operation} refuses bob too ({status_of(other)}), who guessed nothing"
        return inconclusive(how, "no-control", sentence, right, other, **about)
    sentence = f"after {len(tried)} wrong passwords {how} even the right one is refused ({right.status}); bob is let in"
    return passed(how, sentence, tried[0], right, other, **about)


async def _wrong(lab: Lab, user: Identity) -> Exchange:
    return await log_in(lab, str(user.username), new_password())


async def _right(lab: Lab, user: Identity) -> Exchange:
    return await log_in(lab, str(user.username), user.password.value if user.password else "")
