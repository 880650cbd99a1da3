"""Keys that stay accepted after their issuer has withdrawn them (CWE-324): one that leaked is withdrawn in a hurry.

Only where the harness is the issuer. It publishes one more key, sees that tokens signed with it are accepted, and
withdraws it; the key of everybody else stays, so that nobody else notices.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.checks.tokens._forging import carrying, tried
from harness.expect import inconclusive, status_of
from harness.lab import harmless
from harness.model import Needs, Severity
from harness.registry import check
from harness.tokens import Forgery

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation

SUBJECT = "a withdrawn key"
PACE = 0.3
GRACE = 5.0
WITHDRAWN = Forgery(
    name="key-withdrawn",
    weakness="tokens.stale-key",
    title="signed with a key that its issuer has withdrawn",
    needs="key",
    forge=lambda _: None,
)


@check(
    severity=Severity.HIGH,
    catches=["tokens.stale-key"],
    needs=Needs(operations=("create",), features=("minter", "key-changes")),
    owasp="API2:2023",
    cwe=324,
    mode="grey",
)
async def withdrawn_key(lab: Lab) -> AsyncIterator[Observation]:
    """A key that its issuer has withdrawn verifies nothing, once the service has had the time to notice."""
    user, minter, issuer = await lab.user("alice"), lab.session.introductions.minter, lab.session.introductions.issuer
    if minter is None or issuer is None or user.claims is None or issuer.where.refresh is None:
        yield inconclusive(SUBJECT, "no-control", "there is no issuer whose keys could be withdrawn")
        return
    with issuer.another_key() as key:
        holder = carrying(lab, user, minter.signing_with(key).sign(user.claims))
        before = await _until_accepted(lab, holder, within=issuer.where.refresh + GRACE)
        fetched = issuer.fetches
    if before is None or not before.ok:
        said = status_of(before) if before is not None else "nothing, because nothing harmless can be asked"
        sentence = f"a token signed with a newly published key is answered {said}, so its withdrawal would mean nothing"
        yield inconclusive(SUBJECT, "no-control", sentence, *([before] if before else []))
        return
    await asyncio.sleep(issuer.where.refresh)
    async for observation in tried(lab, user, [(WITHDRAWN, holder)]):
        yield observation
    if issuer.fetches == fetched:
        sentence = (
            f"the service has not asked for the keys again within {issuer.where.refresh:g} s, nor when asked then"
        )
        yield inconclusive(SUBJECT, "never-fetched", sentence)


async def _until_accepted(lab: Lab, user: Identity, *, within: float) -> Exchange | None:
    """Ask for something harmless until it is answered, or the time is over; None where there is nothing harmless."""
    request, clock = harmless(lab, user), asyncio.get_running_loop().time
    deadline = clock() + within
    while request is not None:
        exchange = await lab.send(user, request, purpose="control")
        if exchange.ok or clock() >= deadline:
            return exchange
        await asyncio.sleep(PACE)
    return None
