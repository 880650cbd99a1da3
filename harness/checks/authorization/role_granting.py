"""Broken function level authorization (OWASP API5:2023, CWE-285): a plain user who hands out roles, to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import requests
from harness.checks.authorization._roles import Wanted, accepted, changes, gained, one_by_one, send, wanted
from harness.expect import CLOSED, failed, inconclusive, passed, skipped, status_of
from harness.lab import genuine, ownership
from harness.model import ANONYMOUS, Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any

    from harness.lab import Lab
    from harness.model import Observation, Operation

ACCOUNT = frozenset({"user_id", "userid", "username", "user_name", "user", "login", "account_id", "id"})
GIVEN = frozenset({"role", "roles", "is_admin", "admin", "is_staff", "is_superuser"})


@check(
    severity=Severity.CRITICAL,
    catches=["authorization.function"],
    needs=Needs(users=1, features=("whoami", "fresh-users")),
    owasp="API5:2023",
    cwe=285,
)
async def role_granting(lab: Lab) -> AsyncIterator[Observation]:
    """A plain user cannot take a role by an operation that gives roles to accounts."""
    plain = await lab.new_user("mallory")
    await genuine(lab, plain)
    account = await ownership.account(lab, plain)
    shown = lab.scenario.users.whoami.operation if lab.scenario.users.whoami else "who-am-I"
    found = _grants(lab)
    if not found:
        yield skipped(shown, "not-offered", "no operation gives a role to an account that it names")
    elif not isinstance(account, dict):
        yield inconclusive(shown, "no-control", f"{shown} shows mallory nothing of the own account")
    else:
        for operation in found:
            yield await _take(lab, operation, wanted(lab, account), account)


def _grants(lab: Lab) -> list[Operation]:
    """Return the operations that set a role of an account which their path or body names, changes of the own apart."""
    users, target = lab.scenario.users, lab.scenario.target
    entries = {call.operation for call in (users.signup, users.login) if call is not None}
    others = {*entries, *target.destructive, *target.exclude, *(each.id for each in changes(lab))}
    return [
        each
        for each in lab.operations
        if each.method in {"POST", "PUT", "PATCH"}
        and each.id not in others
        and GIVEN & {name.lower() for name in accepted(lab, each)}
        and _names_an_account(lab, each)
    ]


def _names_an_account(lab: Lab, operation: Operation) -> bool:
    variables = requests.PLACEHOLDER.findall(operation.path)
    named = variables or accepted(lab, operation)
    return len(variables) <= 1 and any(name.lower() in ACCOUNT for name in named)


async def _take(lab: Lab, operation: Operation, known: Wanted, account: dict[str, Any]) -> Observation:
    about: dict[str, Any] = {"operation": operation.id, "users": ("mallory",)}
    user = await lab.new_user("mallory")
    names = accepted(lab, operation)
    fields = {name: values for name, values in known.items() if name in names}
    named = {name: user.username or user.subject for name in names if name.lower() in ACCOUNT}
    answers = []
    for given in one_by_one(fields) if fields else ():
        answers.append(await send(lab, user, operation, {**named, **given}))
        got = await gained(lab, user, given, account)
        if got is not None:
            sentence = f"mallory sets {got} of the own account by {operation.id} ({answers[-1].status})"
            return failed(operation.id, sentence, answers[-1], **about)
    if answers and all(each.ok for each in answers):
        nobody = await send(lab, ANONYMOUS, operation, named)
        if nobody.ok:
            sentence = f"{operation.id} answers everybody ({nobody.status}), and gives no role"
            return inconclusive(operation.id, "unclear", sentence, answers[0], nobody, **about)
    if any(each.ok or each.status in CLOSED for each in answers):
        sentence = f"{operation.id} gives a plain user no role ({status_of(answers[0])})"
        return passed(operation.id, sentence, *answers[:2], **about)
    told = f" ({status_of(answers[0])})" if answers else ""
    sentence = f"{operation.id} knows none of the roles that were tried{told}"
    return skipped(operation.id, "not-applicable", sentence, *answers[:1], **about)
