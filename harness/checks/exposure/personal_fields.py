"""Personal fields of other users (CWE-359): what only the own account shows must not be shown to strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import requests
from harness.checks.exposure._personal import personal
from harness.checks.exposure._visits import own_account, seen_by
from harness.expect import failed, inconclusive, passed, skipped
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation


@check(
    severity=Severity.MEDIUM,
    catches=["exposure.personal"],
    needs=Needs(users=2),
    owasp="API3:2023",
    cwe=359,
)
async def personal_fields(lab: Lab) -> AsyncIterator[Observation]:
    """A user is not shown the personal fields of another user."""
    alice, bob = await lab.two_users()
    await genuine(lab, alice)
    own = await own_account(lab, alice)
    if own is None:
        yield skipped("account", "not-applicable", "no operation shows alice the own account")
        return
    if not own.ok:
        yield inconclusive("account", "no-control", "alice cannot read the own account", own)
        return
    known = dict(personal("", requests.parsed(own.body)))
    if not known:
        yield skipped("account", "not-applicable", "an own account shows nothing personal, such as an address", own)
        return
    seen = await seen_by(lab, bob, alice)
    if not seen:
        yield skipped("account", "not-applicable", "no operation shows bob anything of alice's account", own)
    for exchange in seen:
        operation = exchange.request.operation
        shown = {str(value) for value in requests.values(requests.parsed(exchange.body))}
        leaked = next((path for path, value in known.items() if value in shown), None)
        about = {"operation": operation, "users": ("alice", "bob")}
        if leaked is not None:
            sentence = f"{operation} shows bob what is personal of alice's: {leaked} of her account"
            yield failed(str(operation), sentence, own, exchange, **about)
        else:
            sentence = f"{operation} shows bob none of {len(known)} personal fields of alice's account"
            yield passed(str(operation), sentence, own, exchange, **about)
