"""Bob's credential is invalid, so that he is refused everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.calibrate.changes import introduced
from harness.calibrate.sabotage._base import Sabotage, two_users

if TYPE_CHECKING:
    from harness.lab import Session
    from harness.model import Check, Identity


ONLY_ALICE = frozenset({"isolation/shared_cache"})
"""Reads the headers of what Alice receives, and concludes for anybody else."""


def _tamper(session: Session) -> None:
    async def spoil(user: Identity) -> Identity:
        return session.introductions.with_token("bob", "not-a-credential") if user.name == "bob" else user

    introduced(session, spoil)


def _affects(check: Check) -> bool:
    return two_users(check) and check.family == "isolation" and check.id not in ONLY_ALICE


SABOTAGE = Sabotage(title="Bob's token is invalid", tamper=_tamper, affects=_affects)
