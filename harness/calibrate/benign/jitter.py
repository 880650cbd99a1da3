"""Every answer takes up to 15 ms longer, at random."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from harness.calibrate.benign._base import Variant
from harness.calibrate.middle import Asked, Middle

if TYPE_CHECKING:
    from harness.model import Response

LONGEST = 0.015


class Jittering(Middle):
    """A line on which answers take their time."""

    def __init__(self) -> None:
        self._random = random.Random(7)

    async def tell(self, asked: Asked, response: Response) -> bytes:
        """Wait a moment."""
        await asyncio.sleep(self._random.uniform(0, LONGEST))
        return await super().tell(asked, response)


VARIANT = Variant(title="15 ms jitter everywhere", middle=lambda _scenario: Jittering(), touches=("oracle", "latency"))
