"""User enumeration (CWE-204): who forgot a password is answered alike, whether there is such a user or not.

OWASP Forgot Password Cheat Sheet: "Return a consistent message for both existent and non-existent accounts".
"""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from harness import requests
from harness.checks.enumeration._asking import compare, confirmed, told
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.lab import genuine
from harness.model import ANONYMOUS, Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation
    from harness.scenario.schema import Call

NUMBERED = ("{user}", "{user_number}")


@check(
    severity=Severity.MEDIUM,
    catches=["enumeration.recovery"],
    needs=Needs(users=1, features=("passwords", "forgot-password")),
    owasp="API2:2023",
    cwe=204,
)
async def recovery_message(lab: Lab) -> AsyncIterator[Observation]:
    """Whoever asks for a new password for somebody is not told whether there is such a user."""
    await genuine(lab, await lab.new_user("bob"))
    for call in lab.scenario.users.forgot_password:
        yield await _asked(lab, call)


async def _asked(lab: Lab, call: Call) -> Observation:
    about = {"operation": call.operation, "users": ("alice", "nobody")}
    if any(name in json.dumps(call.model_dump(mode="json")) for name in NUMBERED):
        sentence = f"{call.operation} takes an identifier, which nobody can make up for a name"
        return skipped(call.operation, "not-applicable", sentence, operation=call.operation)

    async def ask(name: str) -> Exchange:
        request = requests.build(call, {"nonce": secrets.token_hex(6), "username": name}, ())
        return await lab.send(replace(ANONYMOUS, name="nobody"), request, purpose="attempt")

    found, known, unknown = await compare(lab, ask)
    bad = next((each for each in (*known, *unknown) if each.limited or each.status is None or each.broken), None)
    if bad is not None:
        sentence = f"{call.operation} answers {status_of(bad)} before the answers could be compared"
        return inconclusive(call.operation, "quota" if bad.limited else "no-control", sentence, bad, **about)
    found = await confirmed(lab, ask, found)
    if found:
        part, mine, other = told(found)
        sentence = (
            f"{call.operation} tells strangers who has an account: its {part} is {mine} for a user and {other} for a "
            "name that nobody has"
        )
        return failed(call.operation, sentence, known[0], unknown[0], **about)
    if not known[0].ok:
        sentence = f"{call.operation} is refused for an account that there is ({status_of(known[0])})"
        return skipped(call.operation, "not-exercised", sentence, known[0], operation=call.operation)
    sentence = f"{call.operation} answers alike ({status_of(known[0])}), whether there is such a user or not"
    return passed(call.operation, sentence, known[0], unknown[0], **about)
