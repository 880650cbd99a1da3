"""Bob owns nothing, so that finding nothing in his name means nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.calibrate.sabotage._base import Sabotage
from harness.calibrate.sabotage.writes_lost import lose

if TYPE_CHECKING:
    from harness.lab import Session
    from harness.model import Check


def _tamper(session: Session) -> None:
    lose(session, only="bob")


def _affects(check: Check) -> bool:
    return check.id in {
        "isolation/read_foreign_object",
        "isolation/list_foreign_objects",
        "isolation/search_foreign_objects",
    }


SABOTAGE = Sabotage(title="Bob has no data", tamper=_tamper, affects=_affects)
