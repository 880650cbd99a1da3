"""User enumeration (CWE-204): a log-in must answer alike whether the name or the password is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.enumeration._asking import compare, confirmed, told
from harness.checks.sessions._accounts import entered, log_in, newcomer
from harness.expect import failed, inconclusive, passed, status_of
from harness.identities.passwords import new_password
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation


@check(
    severity=Severity.MEDIUM,
    catches=["enumeration.message"],
    needs=Needs(features=("passwords",)),
    owasp="API2:2023",
    cwe=204,
)
async def login_message(lab: Lab) -> AsyncIterator[Observation]:
    """A refused log-in does not tell whether there is such a user."""
    spec = lab.scenario.users.login
    assert spec is not None  # noqa: S101 -- Needs(features=("passwords",))
    about = {"operation": spec.operation, "users": ("alice", "nobody")}
    await genuine(lab, await lab.new_user("bob"))

    async def ask(name: str) -> Exchange:
        return await log_in(lab, name, new_password())

    found, known, unknown = await compare(lab, ask)
    user = await newcomer(lab, "alice")
    control = await log_in(lab, str(user.username), user.password.value if user.password else "")
    limited = next((exchange for exchange in (*known, *unknown) if exchange.limited), None)
    if limited is not None:
        sentence = f"{spec.operation} limits log-ins (429) before a wrong name and a wrong password could be compared"
        yield inconclusive(spec.operation, "quota", sentence, limited, **about)
        return
    if not entered(lab, control) or any(entered(lab, exchange) for exchange in (*known, *unknown)):
        sentence = f"{spec.operation} does not tell right passwords ({status_of(control)}) from wrong ones"
        yield inconclusive(spec.operation, "no-control", sentence, control, known[0], unknown[0], **about)
        return
    found = await confirmed(lab, ask, found)
    if found:
        part, mine, other = told(found)
        sentence = (
            f"{spec.operation} tells strangers who has an account: with a wrong password its {part} is {mine} "
            f"for a user and {other} for a name that nobody has"
        )
        yield failed(spec.operation, sentence, known[0], unknown[0], **about)
    else:
        sentence = f"{spec.operation} answers alike ({status_of(known[0])}), whether the name or the password is wrong"
        yield passed(spec.operation, sentence, control, known[0], unknown[0], **about)
