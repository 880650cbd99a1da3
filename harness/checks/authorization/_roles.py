"""Fields that give a user a role or the like: which values to try, and whether it is then shown, or lets in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks.authorization._words import decisive
from harness.expect import CLOSED
from harness.lab import ownership
from harness.model import Request
from harness.openapi.inference.answers import answer
from harness.openapi.inference.routes import body_fields
from harness.openapi.shapes import flattened, properties

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Operation

Wanted = dict[str, tuple[Any, ...]]
USUAL: Wanted = {
    "role": ("admin",),
    "is_admin": (True,),
    "admin": (True,),
    "is_staff": (True,),
    "is_superuser": (True,),
    "roles": (["admin"],),
}
ROLES = ("admin", "administrator", "employee", "staff", "manager", "moderator", "superuser", "owner")
LARGE = 1_000_003


def wanted(lab: Lab, account: dict[str, Any]) -> Wanted:
    """Return the usual fields, and those that the account shows, with greater values for each."""
    return {**USUAL, **{name: found for name, value in account.items() if (found := _others(lab, name, value))}}


def one_by_one(fields: Wanted) -> list[dict[str, Any]]:
    """All fields at once first; each alone too, as a strict service may refuse what it does not know."""
    together = {name: values[0] for name, values in fields.items()}
    return [together, *({name: value} for name, values in fields.items() for value in values)]


async def gained(lab: Lab, user: Identity, fields: dict[str, Any], account: dict[str, Any]) -> str | None:
    """Return the field that the user's own account now shows as asked for, None if there is none."""
    now = await ownership.account(lab, user)
    if not isinstance(now, dict):
        return None
    return next(
        (name for name, value in fields.items() if name in now and now[name] == value != account.get(name)), None
    )


async def closed_to(lab: Lab, user: Identity) -> list[str]:
    """Return the operations of another role that can be tried without harm, and that refuse this user."""
    left_out = {*lab.scenario.target.destructive, *lab.scenario.target.exclude}
    privileged = [each for each in lab.scenario.users.privileged if each not in left_out]
    plain = [each for each in privileged if each.startswith("GET ") and "{" not in each]
    tried = [(each, await lab.send(user, requests.plain(each), purpose="control")) for each in plain]
    return [each for each, exchange in tried if exchange.status in CLOSED]


async def let_in(lab: Lab, user: Identity, plain: Identity, doors: Collection[str]) -> str | None:
    """Return the first operation of another role that a user is let into, and a plain one still not; None without."""
    for operation in doors:
        if (await lab.send(user, requests.plain(operation), purpose="attempt")).ok and operation in await closed_to(
            lab, plain
        ):
            return operation
    return None


def accepted(lab: Lab, change: Operation) -> list[str]:
    """Return the fields that the body of an operation may have."""
    return list(body_fields(change, _root(lab)))


async def send(lab: Lab, user: Identity, change: Operation, content: dict[str, Any]) -> Exchange:
    """Send a JSON body as `user`, in the wrapper that the document has; a variable of the path is that user."""
    kind = next((body.media_type for body in change.bodies if "json" in body.media_type), "application/json")
    request = Request(
        method=change.method,
        target=requests.PLACEHOLDER.sub(str(user.subject or user.username), change.path),
        headers=(("Content-Type", kind),),
        body=json.dumps(_wrapped(lab, change, content)).encode(),
        operation=change.id,
    )
    return await lab.send(user, request, purpose="attempt")


def _root(lab: Lab) -> Mapping[str, Any]:
    """Return the document that references point into, an empty one without it."""
    document = lab.session.document
    return document.root if document is not None else {}


def _wrapped(lab: Lab, change: Operation, content: dict[str, Any]) -> dict[str, Any]:
    """Return the fields below the one member of the body, where the document has them there."""
    root = _root(lab)
    fields = properties(root, next((body.schema for body in change.bodies if body.schema), {}))
    only = next(iter(fields)) if len(fields) == 1 else ""
    return {only: content} if only and properties(root, fields[only]) else content


def changes(lab: Lab) -> list[Operation]:
    """Return the operations that change what who-am-I shows."""
    call = lab.scenario.users.whoami
    path = call.operation.partition(" ")[2] if call else None
    left_out = set(lab.scenario.target.destructive)
    return [
        each
        for each in lab.operations
        if each.path == path and each.method in {"PATCH", "PUT"} and each.id not in left_out
    ]


def _others(lab: Lab, name: str, value: Any) -> tuple[Any, ...]:
    """Return greater values for a field that matters, none for any other."""
    if not decisive(name):
        return ()
    if isinstance(value, bool):
        return () if value else (True,)
    if isinstance(value, int | float):
        return (value + LARGE,)
    return _roles(lab, name, value) if isinstance(value, str) else ()


def _roles(lab: Lab, name: str, value: str) -> tuple[str, ...]:
    """Return other values of the same field: those that the document knows, else usual ones, spelt like this one.

    Where some of those known sound like more than a plain user's, none that a user might choose is among them.
    """
    known = [each for operation in lab.operations for each in _enumerated(lab, operation, name) if each != value]
    if known:
        grave = [each for each in known if each.lower() in ROLES]
        return tuple(dict.fromkeys(grave)) or (known[0],)
    spelt = str.upper if value.isupper() else str.capitalize if value[:1].isupper() else str.lower
    return tuple(spelt(each) for each in ROLES if each != value.lower())


def _enumerated(lab: Lab, operation: Operation, name: str) -> list[str]:
    """Return the values that the document lists for a field of what an operation takes or answers."""
    root = _root(lab)
    schemas = [body.schema for body in operation.bodies] + [answer(operation)]
    found = (flattened(root, properties(root, schema).get(name, {})).get("enum") for schema in schemas if schema)
    return [str(value) for values in found if isinstance(values, list) for value in values]
