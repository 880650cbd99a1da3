"""Two writers with the same If-Match both succeed, because others run between check and write."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import if_match

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "integrity.lost-write"
mode = "many"


async def _precondition(call: Call, tag: str) -> None:
    await if_match(call, tag)
    await asyncio.sleep(0.01)


def apply(parts: Parts) -> Parts:
    """Leave time between the check and the write."""
    return replace(parts, precondition=_precondition)
