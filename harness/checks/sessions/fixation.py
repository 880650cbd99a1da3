"""Session fixation (CWE-384): a log-in must not adopt a session that somebody else has chosen."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks.sessions._accounts import log_in, newcomer, use
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.identities import carried, extract
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation


@check(
    severity=Severity.HIGH,
    catches=["sessions.fixation"],
    needs=Needs(features=("passwords",)),
    owasp="API2:2023",
    cwe=384,
)
async def fixation(lab: Lab) -> AsyncIterator[Observation]:
    """A log-in makes a new session, whatever cookie comes with it."""
    spec, carrier = lab.scenario.users.login, lab.scenario.users.credential
    assert spec is not None  # noqa: S101 -- Needs(features=("passwords",))
    if carrier.cookie is None:
        yield skipped("log-in", "not-applicable", "credentials are no cookies, so nobody can plant one in a browser")
        return
    await genuine(lab, await lab.new_user("bob"))
    user, attacker = await newcomer(lab, "alice"), await newcomer(lab, "mallory")
    length = max(16, len(attacker.token.value) if attacker.token else 0)
    planted = {
        "made up": secrets.token_urlsafe(length)[:length],
        "of another user": dict(attacker.cookies)[carrier.cookie],
    }
    for kind, value in planted.items():
        lab.session.introductions.vault.remember(value)
        cookie = (("Cookie", f"{carrier.cookie}={value}"),)
        entered = await log_in(lab, str(user.username), user.password.value if user.password else "", cookie)
        about = {"operation": spec.operation, "users": ("alice",)}
        subject = f"cookie {kind}"
        if not entered.ok:
            sentence = f"alice cannot log in with a cookie {kind} ({status_of(entered)})"
            yield inconclusive(subject, "no-control", sentence, entered, **about)
            continue
        headers, cookies = carried(carrier, value)
        as_planted = replace(user, name="mallory", headers=headers, cookies=cookies)
        attempt = await use(lab, as_planted, "attempt")
        same = extract(entered, spec.credential) == value
        if same or (attempt.ok and kind == "made up") or _is(user.username, attempt.body):
            sentence = f"alice logs in with a session cookie {kind}, and that session is then hers ({attempt.status})"
            yield failed(subject, sentence, entered, attempt, **about)
        else:
            sentence = f"alice logs in with a session cookie {kind} and is given another one"
            yield passed(subject, sentence, entered, attempt, **about)


def _is(username: str | None, body: bytes) -> bool:
    return username is not None and username.encode() in body
