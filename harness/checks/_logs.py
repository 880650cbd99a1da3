"""The log of a service that the harness has started itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.lab import Lab

WITHIN = 2.0
PACE = 0.1


async def logged(lab: Lab, word: str) -> list[str]:
    """Return the log once it speaks of the request, and a moment later."""
    service = lab.session.service
    for _ in range(int(WITHIN / PACE)):
        if service is None or any(word in line for line in service.log):
            break
        await asyncio.sleep(PACE)
    await asyncio.sleep(PACE)
    return list(service.log) if service is not None else []
