"""Mass assignment of a role (OWASP API3:2023, CWE-915): at sign-up and in one's own account, by what is shown then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.checks.authorization._roles import (
    USUAL,
    Wanted,
    accepted,
    changes,
    closed_to,
    gained,
    let_in,
    one_by_one,
    send,
    wanted,
)
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.identities import UserRefused
from harness.lab import genuine, ownership
from harness.lab.resource import with_fields
from harness.model import Needs, Severity
from harness.registry import check
from harness.scenario.schema import SignupSpec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Identity, Observation, Operation


@check(
    severity=Severity.CRITICAL,
    catches=["authorization.mass-assignment"],
    needs=Needs(users=1, features=("fresh-users",)),
    owasp="API3:2023",
    cwe=915,
)
async def role_assignment(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot give itself a role, neither at sign-up nor in the own account."""
    plain = await lab.new_user("alice")
    await genuine(lab, plain)
    users = lab.scenario.users
    account = await ownership.account(lab, plain) or ({} if users.whoami is None else None)
    told = users.whoami or users.login
    operation = told.operation if told else "the credential"
    signs_up = users.signup is not None and lab.session.introductions.minter is None
    if not signs_up and not changes(lab):
        yield skipped(operation, "not-offered", "nobody signs up or changes the own account")
        return
    if not isinstance(account, dict):
        yield inconclusive(operation, "no-control", f"{operation} shows alice nothing of the own account")
        return
    fields = wanted(lab, account)
    shown = {name for name in fields if name in account}
    doors = await closed_to(lab, plain)
    if not shown and not doors:
        yield skipped(
            operation, "not-applicable", f"{operation} shows no role or the like, and no operation is closed to alice"
        )
        return
    nobody = await ownership.account(lab, lab.anonymous)
    if isinstance(nobody, dict) and any(nobody.get(name) is not None for name in shown):
        yield inconclusive(
            operation, "no-control", f"{operation} shows an account to somebody without a credential too"
        )
        return
    if signs_up:
        yield await _at_sign_up(lab, fields, account, (plain, doors))
    own = await ownership.account(lab, replace(plain, claims=None)) or {}
    visible = bool(doors) or users.login is not None or any(name in own for name in fields)
    for change in changes(lab):
        if not visible:
            yield skipped(change.id, "not-seen", "only the credential tells a role, and nobody logs in anew")
            continue
        yield await _in_account(lab, change, fields, account, (plain, doors))


async def _at_sign_up(
    lab: Lab, known: Wanted, account: dict[str, Any], closed: tuple[Identity, list[str]]
) -> Observation:
    spec = lab.scenario.users.signup
    assert spec is not None  # noqa: S101 -- the only caller has looked
    refused = 0
    for fields in one_by_one(known):
        try:
            user = await lab.session.introductions.newcomer(
                "mallory", SignupSpec.model_validate(with_fields(spec, fields))
            )
        except UserRefused as said:
            if said.exchange is not None and said.exchange.limited:
                return inconclusive(spec.operation, "quota", f"{spec.operation} limits sign-ups (429)", said.exchange)
            refused += 1
            continue
        got = await gained(lab, user, fields, account) if user is not None else None
        if got is not None:
            sentence = f"mallory signs up with {got} in the request, and {spec.operation} grants it"
            return failed(spec.operation, sentence, operation=spec.operation, users=("mallory",))
        door = await let_in(lab, user, *closed) if user is not None else None
        if door is not None:
            sentence = f"mallory signs up with {', '.join(fields)} in the request, and {door} then lets her in"
            return failed(spec.operation, sentence, operation=spec.operation, users=("mallory",))
    sentence = f"{len(known)} fields such as role in {spec.operation} give a new user nothing ({refused} refused)"
    return passed(spec.operation, sentence, operation=spec.operation)


async def _anew(lab: Lab, user: Identity) -> Identity:
    """Return a user with a new credential, whose claims say what the account is now; the same one where none is had."""
    if user.username is None or user.password is None:
        return user
    try:
        return await lab.session.introductions.login(user.name, user.username, user.password.value)
    except UserRefused:
        return user


async def _in_account(
    lab: Lab, change: Operation, known: Wanted, account: dict[str, Any], closed: tuple[Identity, list[str]]
) -> Observation:
    about = {"operation": change.id, "users": ("mallory",)}
    user = await lab.new_user("mallory")
    own = await ownership.account(lab, user)
    names = accepted(lab, change)
    base = {name: own[name] for name in names if isinstance(own, dict) and name in own}
    fields = {name: values for name, values in known.items() if name in USUAL or name not in names}
    answers = []
    for given in one_by_one(fields):
        answers.append(await send(lab, user, change, {**base, **given}))
        again = await _anew(lab, user) if answers[-1].ok else user
        got = await gained(lab, again, given, account)
        if got is not None:
            sentence = f"mallory sets {got} of the own account by {change.id} ({answers[-1].status})"
            return failed(change.id, sentence, answers[-1], **about)
        door = await let_in(lab, again, *closed) if answers[-1].ok else None
        if door is not None:
            sentence = f"mallory sets {', '.join(given)} by {change.id}, and {door} then lets her in"
            return failed(change.id, sentence, answers[-1], **about)
    control = await send(lab, user, change, base)
    if not control.ok:
        sentence = f"{change.id} fails for mallory without any such field ({status_of(control)})"
        return inconclusive(change.id, "no-control", sentence, control, **about)
    sentence = f"none of {len(fields)} fields such as role can be set by {change.id}"
    return passed(change.id, sentence, control, answers[0], **about)
