"""Open-loop load: Locust in its own process, on a lease that says what it may send, how often and until when."""

from __future__ import annotations

from harness.load.lease import ARRIVAL, Lease, Shot
from harness.load.parent import CHILD, Child, Progress, run, started

__all__ = ["ARRIVAL", "CHILD", "Child", "Lease", "Progress", "Shot", "run", "started"]
