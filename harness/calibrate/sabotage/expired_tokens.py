"""Every token has expired before it is used."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from harness.calibrate.changes import introduced
from harness.calibrate.sabotage._base import Sabotage, acts, minted

if TYPE_CHECKING:
    from harness.lab import Session
    from harness.model import Identity


def _tamper(session: Session) -> None:
    async def expire(user: Identity) -> Identity:
        minter = session.introductions.minter
        if minter is None or user.claims is None:
            return user
        past = {**user.claims, "iat": int(time.time()) - 7200, "exp": int(time.time()) - 3600}
        return session.introductions.with_token(user.name, minter.sign(past), claims=past)

    introduced(session, expire)


SABOTAGE = Sabotage(title="All tokens are expired", tamper=_tamper, affects=acts, applies=minted)
