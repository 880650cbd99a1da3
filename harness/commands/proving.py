"""What is inferred, tried before anything rests on it: who-am-I by a user who just signed up, openness by nobody."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from harness import requests
from harness.commands.challenge import private
from harness.engine.cleaning import clean_up
from harness.expect import status_of
from harness.identities import UserRefused
from harness.lab import Inconclusive, Lab
from harness.model import ANONYMOUS
from harness.scenario.schema import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.client import Client
    from harness.lab import Session
    from harness.model import Exchange, Identity
    from harness.openapi import Inference


MOST, FEW = 24, 3
CLEANUP_SECONDS = 20.0
FORBIDDEN = 403
CLOSED = frozenset({401, 403})


async def closed(client: Client, found: Inference) -> Inference:
    """Take as private what asks for no credential by its document, and refuses whoever brings none.

    Only plain reads are tried; what else there is of the same thing goes with its list.
    """
    plain = [name for name in found.public if name.startswith("GET ") and "{" not in name][:MOST]
    tried = {name: await client.send(ANONYMOUS, requests.plain(name), purpose="document") for name in plain}
    shut = {name for name, exchange in tried.items() if exchange.status in CLOSED}
    if not shut:
        return found
    resources, private = [], set(shut)
    for each in found.resources:
        own = {call.operation for verb in VERBS for call in each.spec.calls(verb)}
        if own & shut:
            private |= own
            told = f"{min(own & shut)} asks for no credential by its document, and refuses who brings none: private"
            each = replace(  # noqa: PLW2901 -- the same resource, as it is
                each, spec=each.spec.model_copy(update={"readable": False}), assumed=(*each.assumed, told)
            )
        resources.append(each)
    public = tuple(name for name in found.public if name not in private)
    return replace(found, resources=tuple(resources), public=public)


def carried_otherwise(found: Inference) -> Iterator[Inference]:
    """Walk the inference as it is, then with each other way to carry a credential that the document names."""
    yield found
    for name, carrier in found.users.carriers:
        if carrier != found.users.credential:
            told = f"credential: the security scheme {name} of the document, tried: another one lets nobody in"
            evidence = tuple(line for line in found.users.evidence if not line.startswith("credential: "))
            yield replace(found, users=replace(found.users, credential=carrier, evidence=(told, *evidence)))


async def let_in(session: Session, found: Inference) -> bool:
    """Whether a user is answered anything else than that nobody is known; true where that cannot be tried."""
    if session.production or not session.introductions.names:
        return True
    names = [name for name in private(found) if await _refuses(session, name)]
    if not names:
        return True
    try:
        user = await session.introductions.introduce(session.introductions.names[0])
    except UserRefused:
        return not found.users.carriers
    tried = [await session.client.send(user, requests.plain(name), purpose="introduce") for name in names[:FEW]]
    return any(exchange.status not in CLOSED for exchange in tried)


async def _refuses(session: Session, name: str) -> bool:
    """Whether an operation refuses whoever brings no credential."""
    return (await session.client.send(ANONYMOUS, requests.plain(name), purpose="document")).status in CLOSED


async def proved(session: Session, found: Inference) -> Inference:
    """Let a user try what is thought to be a user's: who-am-I and, where users are new, the creation of each thing.

    Where there are no users, where real ones are, or where the target does not answer, all stays as the document has
    it.
    """
    if not session.introductions.names or session.production:
        return found
    try:
        user = await session.introductions.introduce(session.introductions.names[0])
    except UserRefused:
        return found
    found = await _who_am_i(session, user, found)
    if not session.introductions.fresh:
        return found
    try:
        return await _created(session, user, found)
    finally:
        await clean_up(session, within=CLEANUP_SECONDS)


async def _who_am_i(session: Session, user: Identity, found: Inference) -> Inference:
    """Keep the first who-am-I that tells a new user who that is; none, where each of them refuses."""
    told: list[str] = []
    for number, one in enumerate(found.users.who_am_i):
        exchange = await session.client.send(user, requests.build(one.call, {}, ()), purpose="introduce")
        if exchange.status is None:
            return found
        if exchange.ok and requests.at(requests.parsed(exchange.body), one.where) is not None:
            return _knowing(found, number, told)
        why = "does not say who it is" if exchange.ok else f"answers {status_of(exchange)}"
        told.append(f"{one.call.operation} is left out: to a user who has just signed up, it {why}")
    return _knowing(found, len(told), told)


def _knowing(found: Inference, number: int, told: list[str]) -> Inference:
    """Return the inference without the first so many who-am-I; `told` says why."""
    kept = found.users.who_am_i[number:]
    evidence = [line for line in found.users.evidence if not line.startswith("whoami: ")]
    evidence += told + [f"whoami: {one.call.operation}, by a user who has just signed up" for one in kept[:1]]
    return replace(found, users=replace(found.users, who_am_i=kept, evidence=tuple(evidence)))


async def _created(session: Session, user: Identity, found: Inference) -> Inference:
    """Leave out what a plain user may not create (403), and what is below it: it is no user's, but another role's."""
    lab = Lab(session=session, check_id="proving", random=random.Random(session.seed))
    refused: dict[str, Exchange] = {}
    for each in found.resources[:MOST]:
        if each.spec.parent is None and each.spec.create is not None:
            try:
                exchange, _ = await lab.resource(each.spec.name).try_create(user)
            except Inconclusive:
                continue
            if exchange.status == FORBIDDEN:
                refused[each.spec.name] = exchange
    above = {each.spec.name: each.spec.parent for each in found.resources}
    return _without(found, {name: said for name in above if (said := _said(name, above, refused)) is not None})


def _said(name: str | None, above: dict[str, str | None], refused: dict[str, Exchange]) -> Exchange | None:
    while name is not None and name not in refused:
        name = above.get(name)
    return refused[name] if name is not None else None


def _without(found: Inference, refused: dict[str, Exchange]) -> Inference:
    """Return the inference without some resources, each with the refusal that says why."""
    if not refused or len(refused) == len(found.resources):
        return found
    kept = tuple(each for each in found.resources if each.spec.name not in refused)
    still = {call.operation for each in kept for verb in VERBS for call in each.spec.calls(verb)}
    gone = {
        call.operation: f"{said.request.operation} is for another role: it answers a new user {status_of(said)}"
        for each in found.resources
        if (said := refused.get(each.spec.name)) is not None
        for verb in VERBS
        for call in each.spec.calls(verb)
        if call.operation not in still
    }
    roles = {name: role for name, role in found.understood.items() if name not in gone}
    makes = tuple(dict.fromkeys(str(each.request.operation) for each in refused.values()))
    return replace(
        found,
        resources=kept,
        understood=roles | dict.fromkeys(makes, "privileged: only another role creates it"),
        not_understood=dict(found.not_understood) | {name: why for name, why in gone.items() if name not in makes},
        users=replace(found.users, privileged=tuple(dict.fromkeys((*found.users.privileged, *makes)))),
    )
