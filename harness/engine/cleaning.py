"""Removing what a run created, as its owner, and counting what is left."""

from __future__ import annotations

import asyncio
import math
import random
from typing import TYPE_CHECKING

from harness.client import phase
from harness.errors import BudgetExhausted, OutOfScope
from harness.expect import status_of
from harness.lab import Lab
from harness.lab.resource import identifier
from harness.model import Cleanup, Exchange, Identity, Request
from harness.quota_headers import asked_to_wait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.lab import Marker, Owned, Session

    Done = dict[Marker, Cleanup]

CONCURRENCY = 24
LEFT = "left"
PATIENCE = 20.0
FIRST_SECONDS = 10.0
ROUNDS = 5
GONE = frozenset({404, 410})
UNAUTHORIZED = 401
REFUSED = frozenset({UNAUTHORIZED, 429})


async def clean_up(session: Session, *, within: float, done: Done | None = None) -> tuple[Cleanup, ...]:
    """Delete every object that still exists, children before their parents; a 404 counts as gone.

    It may take `within` seconds, whatever is left of the budget, and ROUNDS times as long where there is much and the
    target gets on with it; what is not done by then is left behind. Returns what became of each, and what was `done`
    before.
    """
    session.client.policy.budget.seconds = math.inf
    session.client.policy.stopped = None
    done = {} if done is None else done
    for _ in range(ROUNDS):
        before = len(session.ledger.alive)
        if await _remove_in_time(session, within, done) or len(session.ledger.alive) == before:
            break
    return tuple(done.values())


async def begin(session: Session, done: Done) -> None:
    """Delete what there is before the run ends, while it waits; what cannot be deleted yet is the clean-up's."""
    await _remove_in_time(session, FIRST_SECONDS, done)


async def _remove_in_time(session: Session, within: float, done: Done) -> bool:
    """Delete every object that exists now, and note in `done` what became of each; return whether all were reached."""
    token = phase.set("cleanup")
    known = session.ledger.alive
    try:
        async with asyncio.timeout(within):
            for depth in sorted({len(owned.parents) for owned, _ in known}, reverse=True):
                await _remove_all(session, [entry for entry in known if len(entry[0].parents) == depth], done)
            for entry in known:  # one at a time: some fail when much is deleted at once
                if done[entry[0].marker].outcome == LEFT:
                    await _remove_all(session, [entry], done)
    except TimeoutError:
        late = [owned for owned, _ in known if owned.marker not in done]
        done |= {owned.marker: _became(owned, LEFT, f"not reached within {within:g} s") for owned in late}
        return False
    finally:
        phase.reset(token)
    return True


async def _remove_all(session: Session, entries: Sequence[tuple[Owned, Request | None]], done: Done) -> None:
    slots = asyncio.Semaphore(CONCURRENCY)

    async def one(owned: Owned, delete: Request | None) -> None:
        async with slots:
            done[owned.marker] = await _remove(session, owned, delete)

    await asyncio.gather(*(one(owned, delete) for owned, delete in entries))


async def _remove(session: Session, owned: Owned, delete: Request | None) -> Cleanup:
    if delete is None:
        session.ledger.gone(owned, "not-deletable")
        return _became(owned, "not-deletable", "the scenario has no delete call for it")
    try:
        exchange = await _patiently(session, owned.owner, delete)
    except (BudgetExhausted, OutOfScope) as stop:
        return _became(owned, LEFT, str(stop))
    if exchange.ok or exchange.status in GONE:
        outcome = "deleted" if exchange.ok else "gone"
        session.ledger.gone(owned, outcome)
        return _became(owned, outcome)
    return _became(owned, LEFT, f"{delete.operation} answered {status_of(exchange)}")


def _became(owned: Owned, outcome: str, detail: str = "") -> Cleanup:
    name, identifier = owned.owner.name, str(owned.id)
    return Cleanup(user=name, resource=owned.resource, id=identifier, outcome=outcome, detail=detail)


async def _patiently(session: Session, user: Identity, delete: Request) -> Exchange:
    """Send the delete, twice if it is not answered; while it is limited wait as the target says, PATIENCE at most.

    An owner whose quota a check has used up, or whose token has expired, comes back with an ordinary one if it can.
    """
    waited, unanswered, returned = 0.0, False, False
    fresh = _ordinary(session, user)
    while True:
        session.client.policy.budget.requests += 1
        exchange = await session.client.send(await session.renewals.current(user), delete, purpose="cleanup")
        if exchange.status in REFUSED and fresh is not None:
            user, fresh = fresh, None
            continue
        if exchange.status == UNAUTHORIZED and not returned:
            returned, back = True, await session.renewals.returned(user)
            user = back or user
            if back is not None:
                continue
        if exchange.response is None and not unanswered:  # too many at once, maybe; it may be gone all the same
            unanswered = True
            continue
        told = asked_to_wait(exchange)
        wait = 1.0 if told is None else told
        if not exchange.limited or waited + wait > PATIENCE:
            return exchange
        await asyncio.sleep(wait)
        waited += wait


def _ordinary(session: Session, user: Identity) -> Identity | None:
    """Return the same user with a new token that says nothing special, None where the harness does not sign."""
    if session.introductions.minter is None or user.subject is None:
        return None
    return session.introductions.returning(user.name, user.subject)


class Foundlings:
    """Watches for objects that generators of requests created, so that they are removed too."""

    def __init__(self, session: Session, users: dict[str, Identity]) -> None:
        self._session = session
        self._users = users
        self._creates = {each.create.operation: each for each in session.scenario.resource if each.create is not None}

    def see(self, exchange: Exchange) -> None:
        """Register what a generator has created."""
        spec = self._creates.get(exchange.request.operation or "")
        user = self._users.get(exchange.user)
        if (
            spec is None
            or spec.create is None
            or user is None
            or not exchange.ok
            or exchange.phase not in {"fuzz", "load"}
        ):
            return
        made = identifier(spec.create, exchange)
        if made is not None and spec.parent is None:
            lab = Lab(session=self._session, check_id="cleanup", random=random.Random(self._session.seed))
            lab.resource(spec.name).adopt(user, made, exchange)

    def conclude(self) -> tuple[()]:
        """Say nothing: the cleanup does."""
        return ()
