"""What is inferred, tried before anything rests on it: who-am-I by a user who just signed up, openness by nobody."""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from harness import requests
from harness.commands.challenge import private
from harness.commands.referring import referred
from harness.engine.cleaning import clean_up
from harness.expect import CLOSED, status_of
from harness.lab import Inconclusive, Lab
from harness.model import ANONYMOUS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.client import Client
    from harness.lab import Owned, Session
    from harness.model import Exchange, Identity
    from harness.openapi import Inference, InferredResource


MOST, FEW = 24, 3
CLEANUP_SECONDS = 20.0
FORBIDDEN = 403
UNKNOWING = frozenset({401, 403, 404, 405})


async def closed(client: Client, found: Inference) -> Inference:
    """Take as private what asks for no credential by its document, and refuses whoever brings none.

    Only plain reads are tried; what else there is of the same thing goes with its list.
    """
    plain = [name for name in found.public if name.startswith("GET ") and "{" not in name][:MOST]
    tried = {name: await client.send(ANONYMOUS, requests.plain(name), purpose="document") for name in plain}
    shut = {name for name, exchange in tried.items() if exchange.status in CLOSED}
    if not shut:
        return found
    shut |= {name for each in found.resources if (own := each.spec.operations) & shut for name in own}
    resources = tuple(_private(each) if each.spec.operations & shut else each for each in found.resources)
    return replace(found, resources=resources, public=tuple(name for name in found.public if name not in shut))


def _private(each: InferredResource) -> InferredResource:
    told = f"{each.spec.name}: asks for no credential by its document, and refuses who brings none: private"
    return replace(each, spec=each.spec.model_copy(update={"readable": False}), assumed=(*each.assumed, told))


def carried_otherwise(found: Inference) -> Iterator[Inference]:
    """Walk the inference as it is, then with each other way to carry a credential that the document names."""
    yield found
    for name, carrier in found.users.carriers:
        if carrier != found.users.credential:
            told = f"credential: the security scheme {name} of the document, tried: another one lets nobody in"
            evidence = tuple(line for line in found.users.evidence if not line.startswith("credential: "))
            yield replace(found, users=replace(found.users, credential=carrier, evidence=(told, *evidence)))


async def introduced(session: Session) -> Identity | None:
    """Return a user to try things as; None where there is none. Raises UserRefused."""
    if not session.introductions.names:
        return None
    return await session.introductions.introduce(session.introductions.names[0])


async def let_in(session: Session, user: Identity, found: Inference) -> bool:
    """Whether a user is let in where nobody else is; true where there is no such place."""
    tried: list[Exchange] = []
    for name in private(found):
        if len(tried) < FEW and await _refuses(session, name):
            tried.append(await session.client.send(user, requests.plain(name), purpose="introduce"))
    return not tried or any(exchange.ok for exchange in tried)


async def _refuses(session: Session, name: str) -> bool:
    """Whether an operation refuses whoever brings no credential."""
    return (await session.client.send(ANONYMOUS, requests.plain(name), purpose="document")).status in CLOSED


async def proved(session: Session, user: Identity, found: Inference) -> Inference:
    """Let a user try what is thought to be a user's: who-am-I and, where users are new, the creation of each thing."""
    found = await _who_am_i(session, user, found)
    try:
        found = await referred(session, user, found)
        return await _created(session, user, found) if session.introductions.fresh else found
    finally:
        await clean_up(session, within=CLEANUP_SECONDS)


async def _who_am_i(session: Session, user: Identity, found: Inference) -> Inference:
    """Keep the first who-am-I that tells a user who that is; none, where each of them refuses.

    Where there is none, what reads an account by its identifier stands for it, if it knows the user's and lets no
    stranger in.
    """
    told, who = list[str](), "who has just signed up" if session.introductions.fresh else "who is given"
    for number, one in enumerate(found.users.who_am_i):
        exchange = await session.client.send(user, requests.of_oneself(one.call, user), purpose="introduce")
        if not exchange.ok and exchange.status not in UNKNOWING:
            return found
        if exchange.ok and requests.at(requests.parsed(exchange.body), one.where) is not None:
            return _knowing(found, number, told, who)
        why = "does not say who it is" if exchange.ok else f"answers {status_of(exchange)}"
        told.append(f"{one.call.operation} is left out: to a user {who}, it {why}")
    found = _knowing(found, len(told), told, who)
    for one in found.users.accounts:
        request = requests.of_oneself(one.call, user)
        exchange = await session.client.send(user, request, purpose="introduce")
        shown = {str(value) for value in requests.values(requests.parsed(exchange.body))} if exchange.ok else set()
        if {user.subject, user.username} & shown:
            stranger = await session.client.send(ANONYMOUS, request, purpose="introduce")
            if stranger.status in CLOSED:
                found = replace(found, users=replace(found.users, who_am_i=(one,)))
                return _knowing(found, 0, [], who)
    return found


def _knowing(found: Inference, number: int, told: list[str], who: str) -> Inference:
    """Return the inference without the first so many who-am-I; `told` says why."""
    kept = found.users.who_am_i[number:]
    evidence = [line for line in found.users.evidence if not line.startswith("whoami: ")]
    evidence += told + [f"whoami: {one.call.operation}, by a user {who}" for one in kept[:1]]
    return replace(found, users=replace(found.users, who_am_i=kept, evidence=tuple(evidence)))


async def _created(session: Session, user: Identity, found: Inference) -> Inference:
    """Create one of each thing; leave out what a plain user may not create, and say of what is open that it is.

    Where others can be created, a refusal (403) says that a thing is another role's, and with it what is below. A thing
    of which no operation asks for a credential, by the document, is open if nobody in particular sees the new one.
    """
    lab = Lab(session=session, check_id="proving", random=random.Random(session.seed))
    refused: dict[str, Exchange] = {}
    made: dict[str, Owned] = {}
    for each in found.resources[:MOST]:
        if each.spec.parent is None and each.spec.create is not None:
            with contextlib.suppress(Inconclusive):
                exchange, owned = await lab.resource(each.spec.name).try_create(user)
                refused |= {each.spec.name: exchange} if exchange.status == FORBIDDEN else {}
                made |= {each.spec.name: owned} if owned is not None else {}
    above = {each.spec.name: each.spec.parent for each in found.resources}
    others = {name: said for name in above if (said := _said(name, above, refused)) is not None} if made else {}
    return await _opened(lab, _without(found, others), made)


async def _opened(lab: Lab, found: Inference, made: Mapping[str, Owned]) -> Inference:
    """Take as readable what nobody in particular sees, where the document asks for no credential either."""
    public = {*found.public}
    candidates = [each for each in found.resources if each.spec.name in made and each.spec.operations <= public]
    seen = {each.spec.name for each in candidates if await _seen_by_all(lab, made[each.spec.name])}
    return replace(found, resources=tuple(_open(each) if each.spec.name in seen else each for each in found.resources))


async def _seen_by_all(lab: Lab, owned: Owned) -> bool:
    bound = lab.resource(owned.resource)
    return bool(bound.looks) and (await bound.look(lab.anonymous, owned, bound.looks[0])).found


def _open(each: InferredResource) -> InferredResource:
    told = "everybody sees a new one, and by the document no operation asks for a credential: readable"
    return replace(each, spec=each.spec.model_copy(update={"readable": True}), assumed=(*each.assumed, told))


def _said(name: str | None, above: dict[str, str | None], refused: dict[str, Exchange]) -> Exchange | None:
    while name is not None and name not in refused:
        name = above.get(name)
    return refused[name] if name is not None else None


def _without(found: Inference, refused: dict[str, Exchange]) -> Inference:
    """Return the inference without some resources, each with the refusal that says why."""
    kept = tuple(each for each in found.resources if each.spec.name not in refused)
    still = {name for each in kept for name in each.spec.operations}
    gone = {
        name: f"{said.request.operation} answers a new user {status_of(said)}: another role's, as it seems"
        for each in found.resources
        if (said := refused.get(each.spec.name)) is not None
        for name in each.spec.operations - still
    }
    return replace(
        found,
        resources=kept,
        understood={name: role for name, role in found.understood.items() if name not in gone},
        not_understood={**found.not_understood, **gone},
    )
