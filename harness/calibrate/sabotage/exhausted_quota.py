"""The quota of every user is used up before the first check."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from harness.calibrate.changes import introduced
from harness.calibrate.sabotage._base import Sabotage, minted
from harness.engine.preflight import harmless
from harness.lab import Lab

if TYPE_CHECKING:
    from harness.lab import Session
    from harness.model import Check, Identity
    from harness.scenario import Scenario


def _tamper(session: Session) -> None:
    limits = session.scenario.limits
    lab = Lab(session=session, check_id="sabotage", random=random.Random(session.seed))

    async def drain(user: Identity) -> Identity:
        minter, request = session.introductions.minter, harmless(lab, user)
        if limits is None or minter is None or user.claims is None or request is None:
            return user
        small = {**user.claims, **limits.claims}
        poor = session.introductions.with_token(user.name, minter.sign(small), claims=small)
        for _ in range(2 * limits.requests):
            if (await session.client.send(poor, request, purpose="sabotage")).limited:
                break
        return poor

    introduced(session, drain)


def _affects(check: Check) -> bool:
    return check.run is not None and check.family in {"isolation", "limits"}


def _applies(scenario: Scenario) -> bool:
    return scenario.limits is not None and minted(scenario)


SABOTAGE = Sabotage(title="The quota is exhausted at the start", tamper=_tamper, affects=_affects, applies=_applies)
