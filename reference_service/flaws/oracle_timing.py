"""Another user's file takes 12 ms longer to be refused than an unknown one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reference_service.flaws._shared import Telling

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "oracle.timing"
mode = "many"


async def tell() -> None:
    """Take longer."""
    await asyncio.sleep(0.012)


def apply(parts: Parts) -> None:
    """Look whether somebody else has the file."""
    parts.knowledge = Telling(parts, tell)
