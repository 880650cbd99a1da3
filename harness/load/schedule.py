"""When each request of a load is due and which one it is: drawn from the seed, so that parent and child agree."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.load.lease import Lease


@dataclass(frozen=True, slots=True)
class Arrival:
    """One scheduled request: its number, when it is due in seconds since the start of the load, and which shot."""

    number: int
    due: float
    shot: int


def arrivals(lease: Lease) -> tuple[Arrival, ...]:
    """Return every arrival in the order of time.

    "poisson" draws a Poisson process on condition of its number of arrivals, which are then independent and uniform in
    time: bursts as users make them, and exactly the rate that was asked for.
    """
    draw = random.Random(lease.seed)
    number = lease.scheduled
    if lease.arrivals == "uniform":
        due = [index / lease.rate for index in range(number)]
    else:
        due = sorted(draw.random() * lease.seconds for _ in range(number))
    weights = list(itertools.accumulate(shot.weight for shot in lease.shots))
    shots = draw.choices(range(len(lease.shots)), cum_weights=weights, k=number)
    return tuple(Arrival(index, at, shot) for index, (at, shot) in enumerate(zip(due, shots, strict=True)))
