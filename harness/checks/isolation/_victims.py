"""Accounts made to be harmed: what an attempt did to one, seen by its owner."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks.sessions._accounts import entered, log_in, newcomer
from harness.expect import refusal
from harness.identities.passwords import new_password
from harness.lab import Inconclusive
from harness.lab.ownership import identifiers
from harness.model import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.lab import Lab
    from harness.model import Exchange, Identity
    from harness.scenario.schema import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What an owner sees of the own account after an attempt; `what` says what was done to it, None for nothing."""

    what: str | None
    seen: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call that names an account, and the unguessable words that it writes there."""

    exchange: Exchange
    nonce: str
    password: str


async def names_of(lab: Lab, user: Identity, call: Call) -> list[str]:
    """Return what may stand for an account in the path or the body of a call, the likeliest first."""
    fields = [name for name, value in _leaves(call.body or call.form) if value == "{user}"]
    parameter = (requests.PLACEHOLDER.findall(call.operation) or fields or [""])[-1].lower()
    mail = f"{user.username}@example.com" if user.username else None
    found = await identifiers(lab, user)
    if "mail" in parameter:
        found.insert(0, mail)
    elif "name" in parameter or "login" in parameter:
        found.insert(0, user.username)
    return list(dict.fromkeys(str(each) for each in found if each is not None))


def _leaves(content: Any) -> Iterator[tuple[str, Any]]:
    """Walk the named values of a body, those of inner objects too."""
    for name, value in content.items() if isinstance(content, dict) else ():
        yield (name, value)
        yield from _leaves(value)


async def attempt(lab: Lab, user: Identity, call: Call, account: str, *, purpose: str) -> Attempt:
    """Send a call as `user` that names `account`; whatever comes of it is told by the harm."""
    nonce, password = secrets.token_hex(6), new_password()
    lab.session.introductions.vault.remember(password)
    known = {
        "username": user.username,
        "password": user.password.value if user.password else "",
        "new_password": password,
        "nonce": nonce,
        "user": account,
        "id": account,
    }
    exchange = await lab.send(user, requests.build(call, known, (account,)), purpose=purpose)
    return Attempt(exchange=exchange, nonce=nonce, password=password)


async def owner_of_an_account(lab: Lab, name: str) -> Identity:
    """Return a newcomer who can log in. Raises Inconclusive: what never worked cannot be seen to break."""
    user = await newcomer(lab, name)
    before = await _log_in(lab, user, user.password.value if user.password else "")
    if not entered(lab, before):
        raise lab.no_control(f"{name} cannot log in after signing up", before)
    return user


async def harm(lab: Lab, owner: Identity, call: Call, account: str, done: Attempt, *, purpose: str) -> Harm:
    """Return what an owner finds changed: the account gone, the password another, or what was written there."""
    new = await _log_in(lab, owner, done.password)
    old = await _log_in(lab, owner, owner.password.value if owner.password else "")
    what = None
    if entered(lab, new) and not entered(lab, old):
        what = "its password is the one that was sent"
    elif not entered(lab, old) and (old.ok or refusal(old) is not None):
        what = "nobody can log in to it any more"
    seen = [new, old]
    for request in _looks(lab, owner, call, account):
        look = await lab.send(owner, request, purpose=purpose)
        seen.append(look)
        if done.nonce.encode() in look.body and look.ok:
            what = what or f"{request.operation} shows what was written"
    return Harm(what=what, seen=tuple(seen))


async def _log_in(lab: Lab, user: Identity, password: str) -> Exchange:
    exchange = await log_in(lab, str(user.username), password)
    if exchange.limited:
        raise Inconclusive("quota", f"{user.name}'s log-ins are limited (429)", exchange)
    return exchange


def _looks(lab: Lab, user: Identity, call: Call, account: str) -> list[Request]:
    """Return the requests that show an account to its owner: who-am-I, and a GET on the path itself or above it."""
    whoami = lab.scenario.users.whoami
    found = [requests.of_oneself(whoami, user)] if whoami is not None else []
    path = call.operation.partition(" ")[2]
    item = path[: path.rindex("}") + 1] if "}" in path else path
    for template in dict.fromkeys((path, item)):
        if lab.operation(f"GET {template}") is not None:
            target = requests.PLACEHOLDER.sub(account, template)
            found.append(Request(method="GET", target=target, operation=f"GET {template}"))
    return found
