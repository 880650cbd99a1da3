"""Process control is offered, and does not work: what a service names are processes that are not there."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.calibrate.sabotage._base import Sabotage, anyhow, needing

if TYPE_CHECKING:
    from harness.lab import Session

STOPPING = needing("processes")


def _tamper(session: Session) -> None:
    service = session.service
    if service is not None:
        session.service = replace(service, processes=dict.fromkeys(service.processes, _ended()))


def _ended() -> int:
    """Return the number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""], env=os.environ)
    child.wait()
    return child.pid


SABOTAGE = Sabotage(
    title="Process control is unavailable",
    tamper=_tamper,
    grey=True,
    tries=anyhow,
    affects=STOPPING,
    applies=lambda scenario: scenario.service is not None and scenario.service.endpoints is not None,
)
