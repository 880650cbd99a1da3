"""The clock of the service is a second ahead, as its `Date` shows."""

from __future__ import annotations

from dataclasses import replace
from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING

from harness.calibrate.benign._base import Variant
from harness.calibrate.middle import Asked, Middle

if TYPE_CHECKING:
    from harness.model import Response


class Ahead(Middle):
    """Says a later time."""

    async def tell(self, asked: Asked, response: Response) -> bytes:
        """Change what the answer says of the time."""
        headers = ((name, _later(value) if name.lower() == "date" else value) for name, value in response.headers)
        return await super().tell(asked, replace(response, headers=tuple(headers)))


def _later(date: str) -> str:
    return formatdate(parsedate_to_datetime(date).timestamp() + 1, usegmt=True)


VARIANT = Variant(
    title="The server clock is 1 s ahead", middle=lambda _scenario: Ahead(), touches=("tokens", "limits", "contract")
)
