"""A proxy strips every `X-` header from what the service answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.calibrate.middle import Asked, Middle
from harness.calibrate.sabotage._base import Sabotage, needing

if TYPE_CHECKING:
    from harness.model import Response
    from harness.scenario import Scenario


class Stripping(Middle):
    """A proxy for which such headers are nobody's business."""

    async def tell(self, asked: Asked, response: Response) -> bytes:
        """Leave them out."""
        kept = tuple((name, value) for name, value in response.headers if not name.lower().startswith("x-"))
        return await super().tell(asked, replace(response, headers=kept))


def _applies(scenario: Scenario) -> bool:
    return scenario.tracing is not None and scenario.tracing.header.lower().startswith("x-")


SABOTAGE = Sabotage(
    title="A proxy strips X-* headers",
    middle=lambda _scenario: Stripping(),
    affects=needing("tracing", "limit-headers"),
    applies=_applies,
)
