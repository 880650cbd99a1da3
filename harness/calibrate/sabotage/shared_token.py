"""Alice and Bob carry one and the same credential."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.calibrate.changes import introduced
from harness.calibrate.sabotage._base import Sabotage, two_users

if TYPE_CHECKING:
    from harness.lab import Session
    from harness.model import Check, Identity


def _tamper(session: Session) -> None:
    first: list[Identity] = []

    async def share(user: Identity) -> Identity:
        first.append(user)
        return replace(first[0], name=user.name)

    introduced(session, share)


def _affects(check: Check) -> bool:
    return two_users(check) and check.family in {"isolation", "limits"}


SABOTAGE = Sabotage(title="Alice and Bob share one token", tamper=_tamper, affects=_affects)
