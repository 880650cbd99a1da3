"""Mass assignment of a role (OWASP API3:2023, CWE-915): at sign-up and in one's own account, by what is shown then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks.authorization._words import decisive
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.identities import UserRefused
from harness.lab import genuine, ownership
from harness.lab.resource import with_fields
from harness.model import Needs, Request, Severity
from harness.registry import check
from harness.scenario.schema import SignupSpec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation, Operation

USUAL = {"role": "admin", "is_admin": True, "admin": True, "is_staff": True, "is_superuser": True, "roles": ["admin"]}
LARGE = 1_000_003


@check(
    severity=Severity.CRITICAL,
    catches=["authorization.mass-assignment"],
    needs=Needs(users=1, features=("whoami", "fresh-users")),
    owasp="API3:2023",
    cwe=915,
)
async def role_assignment(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot give itself a role, neither at sign-up nor in the own account."""
    plain = await lab.new_user("alice")
    await genuine(lab, plain)
    account = await ownership.account(lab, plain)
    operation = lab.scenario.users.whoami.operation if lab.scenario.users.whoami else ""
    if not isinstance(account, dict):
        yield inconclusive(operation, "no-control", f"{operation} shows alice nothing of the own account")
        return
    wanted = {
        **USUAL,
        **{name: found for name, value in account.items() if (found := _other(lab, name, value)) is not None},
    }
    shown = {name for name in wanted if name in account}
    if not shown and not lab.scenario.users.privileged:
        yield skipped(
            operation, "not-applicable", f"{operation} shows no role or the like, and no operation is for one"
        )
        return
    nobody = await ownership.account(lab, lab.anonymous)
    if isinstance(nobody, dict) and any(nobody.get(name) is not None for name in shown):
        yield inconclusive(
            operation, "no-control", f"{operation} shows an account to somebody without a credential too"
        )
        return
    if lab.scenario.users.signup is not None and lab.session.introductions.minter is None:
        yield await _at_sign_up(lab, wanted, account)
    for change in _changes(lab):
        yield await _in_account(lab, change, wanted, account)


def _other(lab: Lab, name: str, value: Any) -> Any:
    """Return a greater value for a field that matters, None for any other."""
    if not decisive(name):
        return None
    if isinstance(value, bool):
        return True if not value else None
    if isinstance(value, int | float):
        return value + LARGE
    return _role(lab, name, value) if isinstance(value, str) else None


def _role(lab: Lab, name: str, value: str) -> str:
    """Return another value of the same field that the document knows, "admin" where it knows none."""
    known = (_enumerated(body.schema, name) for operation in lab.operations for body in operation.bodies)
    return next((each for values in known for each in values if each != value), "admin")


def _enumerated(schema: Any, name: str) -> list[str]:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    found = properties.get(name) if isinstance(properties, dict) else None
    values = found.get("enum") if isinstance(found, dict) else None
    return [str(value) for value in values] if isinstance(values, list) else []


async def _at_sign_up(lab: Lab, wanted: dict[str, Any], account: dict[str, Any]) -> Observation:
    spec = lab.scenario.users.signup
    assert spec is not None  # noqa: S101 -- the only caller has looked
    refused = 0
    for fields in _one_by_one(wanted):
        try:
            user = await lab.session.introductions.newcomer(
                "mallory", SignupSpec.model_validate(with_fields(spec, fields))
            )
        except UserRefused:
            refused += 1
            continue
        gained = await _gained(lab, user, fields, account) if user is not None else None
        if gained is not None:
            sentence = f"mallory signs up with {gained} in the request, and {spec.operation} grants it"
            return failed(spec.operation, sentence, operation=spec.operation, users=("mallory",))
    sentence = f"{len(wanted)} fields such as role in {spec.operation} give a new user nothing ({refused} refused)"
    return passed(spec.operation, sentence, operation=spec.operation)


def _one_by_one(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """All fields at once first; each alone too, as a strict service may refuse what it does not know."""
    return [wanted, *({name: value} for name, value in wanted.items())]


async def _gained(lab: Lab, user: Identity, fields: dict[str, Any], account: dict[str, Any]) -> str | None:
    """Return the field that the user's own account now shows as asked for, None if there is none."""
    now = await ownership.account(lab, user)
    if not isinstance(now, dict):
        return None
    return next(
        (name for name, value in fields.items() if name in now and now[name] == value != account.get(name)), None
    )


def _changes(lab: Lab) -> list[Operation]:
    """Return the operations that change what who-am-I shows."""
    call = lab.scenario.users.whoami
    path = call.operation.partition(" ")[2] if call else None
    left_out = set(lab.scenario.target.destructive)
    return [
        each
        for each in lab.operations
        if each.path == path and each.method in {"PATCH", "PUT"} and each.id not in left_out
    ]


async def _in_account(lab: Lab, change: Operation, wanted: dict[str, Any], account: dict[str, Any]) -> Observation:
    about = {"operation": change.id, "users": ("mallory",)}
    user = await lab.new_user("mallory")
    own = await ownership.account(lab, user)
    accepted = _accepted(change)
    base = {name: own[name] for name in accepted if isinstance(own, dict) and name in own}
    wanted = {name: value for name, value in wanted.items() if name in USUAL or name not in accepted}
    answers = []
    for fields in _one_by_one(wanted):
        answers.append(await _send(lab, user, change, {**base, **fields}))
        gained = await _gained(lab, user, fields, account)
        if gained is not None:
            sentence = f"mallory sets {gained} of the own account by {change.id} ({answers[-1].status})"
            return failed(change.id, sentence, answers[-1], **about)
    control = await _send(lab, user, change, base)
    if not control.ok:
        sentence = f"{change.id} fails for mallory without any such field ({status_of(control)})"
        return inconclusive(change.id, "no-control", sentence, control, **about)
    sentence = f"none of {len(wanted)} fields such as role can be set by {change.id}"
    return passed(change.id, sentence, control, answers[0], **about)


def _accepted(change: Operation) -> list[str]:
    schema = next((body.schema for body in change.bodies if body.schema), {})
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return list(properties) if isinstance(properties, dict) else []


async def _send(lab: Lab, user: Identity, change: Operation, content: dict[str, Any]) -> Exchange:
    kind = next((body.media_type for body in change.bodies if "json" in body.media_type), "application/json")
    request = Request(
        method=change.method,
        target=requests.PLACEHOLDER.sub(str(user.subject), change.path),
        headers=(("Content-Type", kind),),
        body=json.dumps(content).encode(),
        operation=change.id,
    )
    return await lab.send(user, request, purpose="attempt")
