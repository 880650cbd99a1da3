"""The quota of every user is used up before the first check."""

from __future__ import annotations

import random
from http import HTTPStatus
from typing import TYPE_CHECKING

from harness.calibrate.changes import introduced, meddle
from harness.calibrate.sabotage._base import Sabotage, minted
from harness.client import credentialed
from harness.lab import Lab, harmless

if TYPE_CHECKING:
    from harness.client import Client
    from harness.lab import Session
    from harness.model import Check, Exchange, Headers, Identity, Request
    from harness.scenario import Scenario


def _tamper(session: Session) -> None:
    limits = session.scenario.limits
    poor_ones: set[Headers] = set()
    lab = Lab(session=session, check_id="sabotage", random=random.Random(session.seed))

    async def drain(user: Identity) -> Identity:
        minter, request = session.introductions.minter, harmless(lab, user)
        if limits is None or minter is None or user.claims is None or request is None:
            return user
        small = {**user.claims, **limits.claims}
        poor = session.introductions.with_token(user.name, minter.sign(small), claims=small)
        poor_ones.add(poor.headers)
        await empty(session.client, poor, request)
        return poor

    async def again(client: Client, user: Identity, exchange: Exchange) -> None:
        """Take what has come back meanwhile."""
        request = harmless(lab, user) if user.headers in poor_ones and not exchange.limited else None
        if request is not None:
            await empty(client, user, request)

    async def empty(client: Client, user: Identity, request: Request) -> None:
        for _ in range(2 * limits.requests if limits is not None else 0):
            answer = await client.http.send(request, credentialed(user, request.headers), timeout=10.0)
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                break

    meddle(session, again)
    introduced(session, drain)


def _affects(check: Check) -> bool:
    return check.run is not None and check.family in {"isolation", "limits"}


def _applies(scenario: Scenario) -> bool:
    return scenario.limits is not None and minted(scenario)


SABOTAGE = Sabotage(title="The quota is exhausted at the start", tamper=_tamper, affects=_affects, applies=_applies)
