"""Credentials in answers (CWE-522): a hash of a password is nobody's to see, not even its owner's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.exposure._secrets import credentials_in
from harness.checks.exposure._visits import names_any, own_account, seen_by
from harness.expect import failed, inconclusive, passed, skipped
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation


@check(
    severity=Severity.HIGH,
    catches=["exposure.credentials"],
    needs=Needs(users=2),
    owasp="API3:2023",
    cwe=522,
)
async def credentials(lab: Lab) -> AsyncIterator[Observation]:
    """No answer about an account holds a password, its hash or another secret of it."""
    alice, bob = await lab.two_users()
    await genuine(lab, alice)
    own = await own_account(lab, alice)
    if own is None:
        yield skipped("own account", "not-applicable", "no operation shows alice the own account")
        return
    if not own.ok:
        yield inconclusive("own account", "no-control", "alice cannot read the own account", own)
        return
    for exchange, whose, users in (
        (own, "the own account", ("alice",)),
        *((exchange, "alice's account", ("alice", "bob")) for exchange in await seen_by(lab, bob, alice)),
    ):
        operation = exchange.request.operation
        place = credentials_in(exchange)
        if place is not None:
            account = whose if names_any(exchange, alice) else "an account"
            sentence = f"{operation} shows {users[-1]} a credential of {account}, at {place}"
            yield failed(str(operation), sentence, exchange, operation=operation, users=users)
        else:
            sentence = f"{operation} shows {users[-1]} no credential of {whose}"
            yield passed(str(operation), sentence, exchange, operation=operation, users=users)
