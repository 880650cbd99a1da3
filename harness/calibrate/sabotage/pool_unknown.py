"""Nobody says how many connections a service keeps, so nobody knows whether one has served two users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.calibrate.sabotage._base import Sabotage, anyhow

if TYPE_CHECKING:
    from harness.lab import Session
    from harness.model import Check

REUSING = frozenset({"isolation/alternating_requests"})


def _reuses(check: Check) -> bool:
    return check.id in REUSING


def _tamper(session: Session) -> None:
    target = session.scenario.target.model_copy(update={"pool_size": None})
    session.scenario = session.scenario.model_copy(update={"target": target})


SABOTAGE = Sabotage(title="The size of the pool is unknown", tamper=_tamper, tries=anyhow, affects=_reuses)
