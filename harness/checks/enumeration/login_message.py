"""User enumeration (CWE-204): a log-in must answer alike whether the name or the password is wrong."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from harness.checks.sessions._accounts import entered, log_in, newcomer
from harness.expect import MISSING, differences, failed, inconclusive, passed, status_of
from harness.identities.passwords import new_password
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation

FEW, MORE = 2, 4


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
    found, known, unknown = await _compare(lab, FEW)
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
    if found:
        again, _, _ = await _compare(lab, MORE)
        found = {part: values for part, values in found.items() if part in again}
    if found:
        part = "status" if "status" in found else next(iter(found))
        mine, other = (("missing" if value == MISSING else value[:80]) for value in found[part])
        sentence = (
            f"{spec.operation} tells strangers who has an account: with a wrong password its {part} is {mine} "
            f"for a user and {other} for a name that nobody has"
        )
        yield failed(spec.operation, sentence, known[0], unknown[0], **about)
    else:
        sentence = f"{spec.operation} answers alike ({status_of(known[0])}), whether the name or the password is wrong"
        yield passed(spec.operation, sentence, control, known[0], unknown[0], **about)


async def _compare(lab: Lab, count: int) -> tuple[dict[str, tuple[str, str]], list[Exchange], list[Exchange]]:
    """Ask in turn with names that exist and names that do not, each only once: no name is locked by this."""
    names = [str((await newcomer(lab, "alice")).username) for _ in range(count)]
    nobody = [f"{name.rpartition('-')[0]}-{secrets.randbelow(900_000) + 100_000}" for name in (*names, names[0])]
    unknown = [await _try(lab, nobody[0])]
    known = []
    for name, stranger in zip(names, nobody[1:], strict=True):
        known.append(await _try(lab, name))
        unknown.append(await _try(lab, stranger))
    masks = [(name, "<name>") for name in (*nobody, *names)]
    each = [differences(exchange, unknown, names=masks) for exchange in known]
    common = set(each[0]).intersection(*each[1:])
    return {part: each[0][part] for part in sorted(common)}, known, unknown


async def _try(lab: Lab, name: str) -> Exchange:
    return await log_in(lab, name, new_password())
