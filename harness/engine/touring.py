"""The tour before the probes: one answer of each kind for the watchers to look at."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from harness.client import phase
from harness.errors import BudgetExhausted, OutOfScope
from harness.lab import Inconclusive, Lab, tour

if TYPE_CHECKING:
    from harness.lab import Session

TOUR = "tour"


async def take_tour(session: Session) -> str:
    """Send the tour and return a sentence about it; what kept it from its end is told, watchers say what they miss."""
    token = phase.set(TOUR)
    lab = Lab(session=session, check_id=TOUR, random=random.Random(session.seed))
    stopped = ""
    try:
        await tour(lab)
    except Inconclusive as stop:
        stopped = f", then stopped: {stop.sentence}"
    except (BudgetExhausted, OutOfScope) as stop:
        stopped = f", then stopped: {stop}"
    finally:
        phase.reset(token)
    return f"{session.client.recorder.count(TOUR)} requests of each kind for the watchers{stopped}"
