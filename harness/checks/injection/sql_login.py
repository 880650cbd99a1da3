"""SQL injection (CWE-89) by a log-in: a name that closes its own quotes must let nobody in."""

from __future__ import annotations

import secrets
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
    from harness.model import Observation

NAMES = ("{name}' -- ", "{name}') -- ", '{name}" -- ', "{nobody}' OR 7341<7342 -- ", "{nobody}') OR 7341<7342 -- ")
PASSWORDS = ("x' OR '7341'='7341", "x') OR ('7341'='7341")


@check(
    severity=Severity.CRITICAL,
    catches=["injection.sql"],
    needs=Needs(features=("passwords",)),
    owasp="API8:2023",
    cwe=89,
)
async def sql_login(lab: Lab) -> AsyncIterator[Observation]:
    """A log-in compares names and passwords as they are: no text in them opens an account."""
    spec = lab.scenario.users.login
    assert spec is not None  # noqa: S101 -- Needs(features=("passwords",))
    about = {"operation": spec.operation, "users": ("alice", "nobody")}
    await genuine(lab, await lab.new_user("bob"))
    user = await newcomer(lab, "alice")
    name, nobody = str(user.username), f"nobody-{secrets.token_hex(6)}"
    control = await log_in(lab, name, user.password.value if user.password else "")
    other = await log_in(lab, nobody, new_password())
    if not entered(lab, control) or entered(lab, other):
        sentence = f"{spec.operation} does not tell right passwords ({status_of(control)}) from wrong ones"
        yield inconclusive(spec.operation, "no-control", sentence, control, other, **about)
        return
    pairs = [(each.format(name=name, nobody=nobody), new_password()) for each in NAMES]
    for claimed, password in [*pairs, *((name, each) for each in PASSWORDS)]:
        tried = await log_in(lab, claimed, password)
        if tried.limited:
            yield inconclusive(spec.operation, "quota", f"{spec.operation} limits log-ins (429)", tried, **about)
            return
        if entered(lab, tried):
            sentence = f"{spec.operation} lets in whoever says {claimed.replace(name, 'alice')!r}, without the password"
            yield failed(spec.operation, sentence, control, other, tried, **about)
            return
        if tried.broken and not other.broken:
            sentence = f"{spec.operation} is answered {status_of(tried)} where a name or password holds a quote"
            yield failed(spec.operation, sentence, other, tried, severity=Severity.HIGH, **about)
            return
    sentence = f"{spec.operation} refuses {len(pairs) + len(PASSWORDS)} names and passwords that would close a literal"
    yield passed(spec.operation, sentence, control, other, **about)
