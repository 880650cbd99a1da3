"""Removing what a run created, as its owner, and counting what is left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness import requests
from harness.client import phase
from harness.errors import BudgetExhausted, OutOfScope
from harness.lab import Lab
from harness.model import Cleanup, Exchange, Identity, Request

if TYPE_CHECKING:
    from harness.lab import Owned, Session

CONCURRENCY = 8
PATIENCE = 20.0
GONE = frozenset({404, 410})


async def clean_up(session: Session) -> tuple[Cleanup, ...]:
    """Delete every object that still exists, children before their parents; a 404 counts as gone."""
    token = phase.set("cleanup")
    slots = asyncio.Semaphore(CONCURRENCY)

    async def one(owned: Owned, delete: Request | None) -> Cleanup:
        async with slots:
            return await _remove(session, owned, delete)

    try:
        deepest_first = sorted(session.ledger.alive, key=lambda entry: -len(entry[0].parents))
        levels = sorted({len(owned.parents) for owned, _ in deepest_first}, reverse=True)
        done: list[Cleanup] = []
        for level in levels:
            done += await asyncio.gather(
                *(one(owned, delete) for owned, delete in deepest_first if len(owned.parents) == level)
            )
        return tuple(done)
    finally:
        phase.reset(token)


async def _remove(session: Session, owned: Owned, delete: Request | None) -> Cleanup:
    about = {"user": owned.owner.name, "resource": owned.resource, "id": str(owned.id)}
    if delete is None:
        session.ledger.gone(owned, "not-deletable")
        return Cleanup(**about, outcome="not-deletable", detail="the scenario has no delete call for it")
    try:
        exchange = await _patiently(session, owned.owner, delete)
    except (BudgetExhausted, OutOfScope) as stop:
        return Cleanup(**about, outcome="left", detail=str(stop))
    if exchange.ok or exchange.status in GONE:
        outcome = "deleted" if exchange.ok else "gone"
        session.ledger.gone(owned, outcome)
        return Cleanup(**about, outcome=outcome)
    return Cleanup(**about, outcome="left", detail=f"{delete.operation} answered {exchange.status or exchange.error}")


async def _patiently(session: Session, user: Identity, delete: Request) -> Exchange:
    """Send the delete; while it is limited wait as long as the target says, PATIENCE seconds at most in all."""
    waited = 0.0
    while True:
        session.client.policy.budget.requests += 1
        exchange = await session.client.send(user, delete, purpose="cleanup")
        said = (exchange.response.header("Retry-After") if exchange.response else None) or "1"
        wait = float(said) if said.isdigit() else 1.0
        if exchange.status != 429 or waited + wait > PATIENCE:  # noqa: PLR2004
            return exchange
        await asyncio.sleep(wait)
        waited += wait


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
        identifier = requests.pointer(requests.parsed(exchange.body), spec.create.id)
        if identifier is not None and spec.parent is None:
            lab = Lab(session=self._session, check_id="cleanup", random=None)  # type: ignore[arg-type]  # draws nothing
            lab.resource(spec.name).adopt(user, identifier, exchange)

    def conclude(self) -> tuple[()]:
        """Say nothing: the cleanup does."""
        return ()
