"""Answers about accounts: one's own, and what a stranger is shown of another user's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from harness import requests
from harness.lab.ownership import account_id
from harness.model import Request
from harness.requests import PLACEHOLDER

if TYPE_CHECKING:
    from harness.lab import Lab
    from harness.model import Exchange, Identity, Operation

PEOPLE = re.compile(
    r"(^|[/_-])(users?|accounts?|members?|profiles?|people|persons?|customers?|authors?|contacts?)([/_-]|$)",
    re.IGNORECASE,
)


async def own_account(lab: Lab, user: Identity) -> Exchange | None:
    """Return what who-am-I answers, else what an operation that reads people tells a user of itself, or None."""
    call = lab.scenario.users.whoami
    if call is None:
        answers = [await lab.send(user, request, purpose="control") for request, _ in await people(lab, user)]
        name = (user.username or user.subject or "").encode()
        return next((each for each in answers if each.ok and name and name in each.body), None)
    return await lab.send(user, requests.of_oneself(call, user), purpose="control")


async def seen_by(lab: Lab, stranger: Identity, other: Identity) -> list[Exchange]:
    """Return the successful answers to the stranger of every operation that reads people, with the other user named."""
    named = await _named(lab, other)
    answers = []
    for operation in lab.operations:
        if _reads_people(lab, operation):
            for target in _targets(operation, named):
                request = Request(method="GET", target=target, operation=operation.id)
                answers.append(await lab.send(stranger, request, purpose="attempt"))
    return [exchange for exchange in answers if exchange.ok]


async def people(lab: Lab, user: Identity) -> list[tuple[Request, str]]:
    """Return the requests that read a user by what the path names, each with that name."""
    named = await _named(lab, user)
    return [
        (
            Request(method="GET", target=PLACEHOLDER.sub(quote(name, safe=""), operation.path), operation=operation.id),
            name,
        )
        for operation in lab.operations
        if _reads_people(lab, operation) and len(PLACEHOLDER.findall(operation.path)) == 1
        for name in named
    ]


async def _named(lab: Lab, user: Identity) -> list[str]:
    names = (await account_id(lab, user), user.username, user.subject)
    return [str(name) for name in dict.fromkeys(names) if name is not None]


def names_any(exchange: Exchange, user: Identity) -> bool:
    """Whether an answer is about a user: by name or identifier, or because it was asked of it."""
    names = [name for name in (user.username, user.subject) if name]
    return exchange.user == user.name or any(name.encode() in exchange.body for name in names)


def _reads_people(lab: Lab, operation: Operation) -> bool:
    scenario = lab.scenario
    kept = {*scenario.users.privileged, *scenario.target.destructive}
    whoami = scenario.users.whoami
    own = whoami.operation if whoami and "{" not in whoami.operation else None
    return operation.method == "GET" and operation.id not in kept | {own} and bool(PEOPLE.search(operation.path))


def _targets(operation: Operation, names: list[str]) -> list[str]:
    found = PLACEHOLDER.findall(operation.path)
    if len(found) > 1:
        return []
    return [PLACEHOLDER.sub(name, operation.path) for name in names] if found else [operation.path]
