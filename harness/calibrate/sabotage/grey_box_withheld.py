"""Nothing but HTTP is offered: no database, no log, no processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.calibrate.sabotage._base import Sabotage, anyhow, needing

if TYPE_CHECKING:
    from harness.lab import Session

GREY = needing("database", "log", "processes")


def _tamper(session: Session) -> None:
    session.service = None


SABOTAGE = Sabotage(
    title="Grey-box access is withheld",
    tamper=_tamper,
    grey=True,
    tries=anyhow,
    affects=GREY,
    applies=lambda scenario: scenario.service is not None and scenario.service.endpoints is not None,
)
