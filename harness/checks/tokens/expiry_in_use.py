"""Tokens that outlive their expiry because they were seen before it (CWE-613, CWE-524)."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from harness.checks.tokens._forging import same_time
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.lab import harmless
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

SUBJECT = "expiry of a token in use"
LIFE = 2.0
LATER = 1.5
LONGEST_LEEWAY = 10


@check(
    severity=Severity.HIGH,
    catches=["tokens.expiry"],
    needs=Needs(users=1, features=("minter",), writes=False, waits=True),
    owasp="API2:2023",
    cwe=613,
)
async def expiry_in_use(lab: Lab) -> AsyncIterator[Observation]:
    """A token that was accepted is refused once it has expired, like one that nobody has seen before."""
    user = await lab.user(lab.session.introductions.names[0])
    minter, request = lab.session.introductions.minter, harmless(lab, user)
    if minter is None or user.claims is None or request is None or not minter.spec.leeway:
        yield skipped(SUBJECT, "not-applicable", "no declared leeway says when an expired token must be refused")
        return
    if minter.spec.leeway > LONGEST_LEEWAY:
        yield skipped(SUBJECT, "not-applicable", f"a leeway of {minter.spec.leeway} s is too long to wait for")
        return
    await same_time(lab, user)
    expiry = int(time.time() + LIFE)
    claims = [{**user.claims, "exp": expiry, "jti": name} for name in ("used", "unused")]
    used, unused = (lab.session.introductions.with_token(user.name, minter.sign(each), claims=each) for each in claims)
    before = await lab.send(used, request, purpose="control")
    await asyncio.sleep(max(0.0, expiry + minter.spec.leeway + LATER - time.time()))
    fresh = await lab.send(unused, request, purpose="control")
    after = await lab.send(used, request, purpose="attempt")
    if not before.ok:
        sentence = f"a token that is still valid for a moment is answered {status_of(before)}"
        yield inconclusive(SUBJECT, "no-control", sentence, before)
    elif after.ok and not fresh.ok:
        sentence = f"a token that was used before is accepted after its expiry ({after.status}), a new one is not"
        yield failed(SUBJECT, sentence, before, fresh, after, operation=request.operation, users=(user.name,))
    elif after.ok:
        sentence = f"{LATER:g} s after its expiry and the leeway a token is accepted, used before or not"
        yield skipped(SUBJECT, "not-applicable", sentence, fresh, after)
    else:
        sentence = f"a token is accepted before its expiry and refused after it ({after.status})"
        yield passed(SUBJECT, sentence, before, after, operation=request.operation)
