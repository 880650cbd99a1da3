"""Weak password recovery (CWE-640): what proves that somebody owns an account must not be in the answer to anybody."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks.sessions._accounts import newcomer
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.lab import genuine
from harness.model import ANONYMOUS, Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import Call

NAMES = re.compile(
    r"(^|[/_-])(code|pin|otp|passcode|(reset|recovery|verification|temp(orary)?|new)_?-?(code|pin|token|link|url|password)"
    r"|token|password)$",
    re.IGNORECASE,
)
TOLD = re.compile(r"\b(?:code|pin|otp|password)\b\D{0,20}\b(\d{3,10})\b", re.IGNORECASE)
"""How a sentence tells a code: Your PIN is 1234."""
SHORTEST, FEW = 3, 5
SECRET = 8
"""A code of fewer characters is worth nothing beyond its throw-away account, and would hide half a report."""


@check(
    severity=Severity.CRITICAL,
    catches=["sessions.reset-code"],
    needs=Needs(users=1, features=("passwords", "forgot-password")),
    owasp="API2:2023",
    cwe=640,
)
async def reset_code(lab: Lab) -> AsyncIterator[Observation]:
    """Whoever asks for a new password for somebody is not told what sets it."""
    await genuine(lab, await lab.new_user("bob"))
    for call in lab.scenario.users.forgot_password:
        yield await _asked(lab, call)


async def _asked(lab: Lab, call: Call) -> Observation:
    """Ask twice for each of two new users: a code is another one for each, a text that all are told is none."""
    version = "".join(f" ({name} {value})" for name, value in call.path.items() if "{" not in value)
    subject, about = f"{call.operation}{version}", {"operation": call.operation, "users": ("alice", "nobody")}
    users = [await newcomer(lab, "alice") for _ in range(2)]
    answers = [await _forgot(lab, call, user) for user in (*users, *users)]
    bad = next((each for each in answers if not each.ok), None)
    if bad is not None and bad.broken:
        sentence = f"{subject} answers {status_of(bad)} to somebody who has an account"
        return inconclusive(subject, "no-control", sentence, bad, **about)
    if bad is not None:
        sentence = f"{subject} is refused for an account that there is ({status_of(bad)})"
        return skipped(subject, "not-exercised", sentence, bad, operation=call.operation)
    held = [dict(_codes("", requests.parsed(each.body))) for each in answers]
    for name in held[0]:
        values = [each.get(name) for each in held]
        if None not in values and _is_code([str(each) for each in values], users):
            for value in values:
                if len(str(value)) >= SECRET:
                    lab.session.introductions.vault.remember(str(value))
            sentence = f"{subject} answers anybody who names alice with {name}, which is another one for each user"
            return failed(subject, sentence, *answers[:2], **about)
    sentence = f"{subject} answers {answers[0].status} for accounts that there are, and tells nothing like a code"
    return passed(subject, sentence, *answers[:2], **about)


def _is_code(values: list[str], users: list[Identity]) -> bool:
    """Whether what was told is another one for each user, and nothing that names one."""
    names = [str(user.username) for user in users]
    apart = not {*values[::2]} & {*values[1::2]}
    return apart and not any(name in value for name in names for value in values)


async def _forgot(lab: Lab, call: Call, user: Identity) -> Exchange:
    variables = {"nonce": secrets.token_hex(6), **requests.naming(user)}
    return await lab.send(replace(ANONYMOUS, name="nobody"), requests.build(call, variables, ()), purpose="attempt")


def _codes(path: str, node: Any) -> Iterator[tuple[str, str]]:
    """Walk the values that are named as codes are."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _codes(f"{path}/{name}", value)
    elif isinstance(node, list):
        for number, value in enumerate(node[:FEW]):
            yield from _codes(f"{path}/{number}", value)
    elif isinstance(node, str | int) and not isinstance(node, bool) and len(str(node)) >= SHORTEST:
        told = TOLD.search(str(node))
        named = [str(node)] if NAMES.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", path)) else []
        yield from ((path, value) for value in named or ([told[1]] if told else []))
