"""The order of headers and the case of their names vary from answer to answer, as HTTP allows (RFC 9110, section 5)."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.calibrate.benign._base import Variant
from harness.calibrate.middle import Asked, Middle

if TYPE_CHECKING:
    from harness.model import Response

ALIKE = (str.lower, str.upper, str.title, str)


class Shuffling(Middle):
    """A proxy that keeps headers in no order."""

    def __init__(self) -> None:
        self._random = random.Random(4)

    async def tell(self, asked: Asked, response: Response) -> bytes:
        """Write each name somehow, and put them anywhere."""
        headers = [(self._random.choice(ALIKE)(name), value) for name, value in response.headers]
        self._random.shuffle(headers)
        return await super().tell(asked, replace(response, headers=tuple(headers)))


VARIANT = Variant(title="Header order and case vary", middle=lambda _scenario: Shuffling())
