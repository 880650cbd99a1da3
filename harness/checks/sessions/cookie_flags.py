"""Session cookies that scripts or other sites can use (CWE-1004, CWE-1275, CWE-614)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.sessions._accounts import log_in, newcomer
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation


@check(
    severity=Severity.MEDIUM,
    catches=["sessions.cookie-flags"],
    needs=Needs(features=("passwords",)),
    owasp="API8:2023",
    cwe=1004,
)
async def cookie_flags(lab: Lab) -> AsyncIterator[Observation]:
    """The session cookie is kept from scripts and from other sites."""
    carrier = lab.scenario.users.credential
    if carrier.cookie is None:
        yield skipped("session cookie", "not-applicable", "credentials of this service are no cookies")
        return
    await genuine(lab, await lab.new_user("bob"))
    user = await newcomer(lab, "alice")
    entered = await log_in(lab, str(user.username), user.password.value if user.password else "")
    said = [
        value
        for value in (entered.response.all("Set-Cookie") if entered.response else ())
        if _names(value, carrier.cookie)
    ]
    if not said:
        sentence = f"a log-in sets no cookie {carrier.cookie} ({status_of(entered)})"
        yield inconclusive("session cookie", "no-control", sentence, entered)
        return
    secure = lab.session.client.policy.origin.scheme == "https"
    for observation in _judge(_attributes(said[-1]), entered, secure=secure):
        yield observation


def _judge(attributes: dict[str, str], entered: Exchange, *, secure: bool) -> Iterator[Observation]:
    site = attributes.get("samesite", "").lower()
    kept = site in {"lax", "strict"} or (site == "none" and "secure" in attributes)
    yield _flag("HttpOnly", "scripts can read it", entered, Severity.MEDIUM, fine="httponly" in attributes)
    yield _flag("SameSite", "other sites can send requests with it", entered, Severity.LOW, fine=kept)
    if secure:
        yield _flag("Secure", "it is sent over plain HTTP too", entered, Severity.MEDIUM, fine="secure" in attributes)


def _flag(flag: str, risk: str, entered: Exchange, severity: Severity, *, fine: bool) -> Observation:
    subject = f"session cookie: {flag}"
    if fine:
        return passed(subject, f"the session cookie has {flag}", entered)
    return failed(subject, f"the session cookie has no {flag}: {risk}", entered, severity=severity)


def _names(header: str, cookie: str) -> bool:
    name, _, rest = header.partition("=")
    return name.strip() == cookie and not rest.startswith((";", '"";'))


def _attributes(header: str) -> dict[str, str]:
    parts = (part.partition("=") for part in header.split(";")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in parts}
