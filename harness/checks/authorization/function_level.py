"""Broken function level authorization (OWASP API5:2023, CWE-285): what only another role may do.

A refusal means something where the operation exists: a privileged account is let in if the scenario has one; else the
refusal must differ from what a route that nobody has is answered with.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, passed, refusal, skipped, status_of
from harness.lab import genuine
from harness.lab.ownership import account_id
from harness.model import Needs, Request, Severity
from harness.openapi import NoExampleError, example
from harness.registry import check
from harness.requests import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation

REFUSED = frozenset({401, 403, 404})
BAD_INPUT = frozenset({400, 415, 422})
ROLES = (
    ("X-Role", "admin"),
    ("X-Roles", "admin"),
    ("X-User-Role", "admin"),
    ("X-User-Roles", "admin"),
    ("X-Forwarded-Role", "admin"),
    ("X-Forwarded-Groups", "admin"),
    ("X-Admin", "true"),
    ("X-Is-Admin", "true"),
)


@check(
    severity=Severity.CRITICAL,
    catches=["authorization.function"],
    needs=Needs(users=1, features=("privileged",)),
    owasp="API5:2023",
    cwe=285,
)
async def function_level(lab: Lab) -> AsyncIterator[Observation]:
    """A plain user cannot use the operations of another role."""
    await genuine(lab, await lab.new_user(lab.session.introductions.names[0]))
    user = await lab.new_user(lab.session.introductions.names[0])
    target = lab.scenario.target
    for operation in lab.scenario.users.privileged:
        if operation in target.destructive and not lab.session.introductions.fresh:
            yield skipped(operation, "not-permitted", f"{operation} may end {user.name}, who cannot be replaced")
        elif operation not in target.exclude:
            yield await _try(lab, operation, user)


async def _try(lab: Lab, operation: str, user: Identity) -> Observation:
    about: dict[str, Any] = {"operation": operation, "users": (user.name,)}
    request = _request(lab, operation, str(await account_id(lab, user) or user.subject or user.name))
    attempt = await lab.send(user, request, purpose="attempt")
    path = request.target.rstrip("/")
    elsewhere = replace(request, target=f"{path[: path.rindex('/')]}/{secrets.token_hex(8)}", operation=None)
    nowhere = await lab.send(user, elsewhere, purpose="control")
    if attempt.ok:
        sentence = f"{user.name}, a plain user, is answered {attempt.status} by {operation}, which is for another role"
        return failed(operation, sentence, attempt, nowhere, **about)
    dressed = await lab.send(_dressed(user), request, purpose="attempt")
    if dressed.ok:
        sentence = (
            f"{user.name}, a plain user, is answered {dressed.status} by {operation} with headers that name a role"
        )
        return failed(operation, sentence, attempt, dressed, nowhere, **about)
    if attempt.status in BAD_INPUT:
        sentence = f"{operation} looks at {user.name}'s input ({attempt.status}) before the role, so nothing is known"
        return inconclusive(operation, "unclear", sentence, attempt, **about)
    if refusal(attempt) is None or attempt.status not in REFUSED:
        return inconclusive(operation, "unclear", f"{operation} answers {status_of(attempt)}", attempt, **about)
    return _refused(operation, attempt, nowhere, about, await _anonymous(lab, request))


def _dressed(user: Identity) -> Identity:
    """Return the user, who now claims the other role in every usual header and cookie."""
    return replace(user, headers=(*user.headers, *ROLES), cookies=(*user.cookies, ("role", "admin"), ("admin", "1")))


def _refused(
    operation: str, attempt: Exchange, nowhere: Exchange, about: dict[str, Any], anonymous: Exchange
) -> Observation:
    """A refusal is earned where something answers there: not as nobody's route is, or not as without a credential."""
    exists = {exchange.status for exchange in (attempt, anonymous)} != {nowhere.status}
    if not exists:
        sentence = f"{operation} is answered like a route that nobody has ({attempt.status}), so it may not exist"
        return inconclusive(operation, "no-control", sentence, attempt, nowhere, anonymous, **about)
    sentence = (
        f"{operation} refuses a plain user ({attempt.status}); it exists, as a route that nobody has is answered "
        f"{nowhere.status} and the same request without a credential {anonymous.status}"
    )
    return passed(operation, sentence, attempt, nowhere, anonymous, **about)


async def _anonymous(lab: Lab, request: Request) -> Exchange:
    return await lab.send(lab.anonymous, request, purpose="control")


def _request(lab: Lab, operation: str, identifier: str) -> Request:
    """Return a valid request that names the acting user itself, so that nobody else is harmed should it succeed."""
    method, _, path = operation.partition(" ")
    target = PLACEHOLDER.sub(identifier, path)
    known = lab.operation(operation)
    body = next((each for each in known.bodies if "json" in each.media_type), None) if known else None
    document = lab.session.document
    if body is None or body.schema is None or document is None:
        return Request(method=method, target=target, operation=operation)
    try:
        content = example(body.schema, document.root, marker=f"h{secrets.token_hex(11)}", must_carry=False)
    except NoExampleError:
        content = {}
    headers = (("Content-Type", body.media_type),)
    return Request(
        method=method, target=target, headers=headers, body=json.dumps(content).encode(), operation=operation
    )
