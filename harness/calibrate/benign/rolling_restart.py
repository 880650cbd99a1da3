"""In a rolling restart the balancer in front answers two requests with 503 and `Retry-After`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.calibrate.benign._base import Variant
from harness.calibrate.middle import Asked, Middle
from harness.model import Response

if TYPE_CHECKING:
    from harness.scenario import Scenario

WHEN = frozenset({60, 61})
"""Which requests find nobody."""
PAGE = b"<html><head><title>503 Service Temporarily Unavailable</title></head><body><h1>503</h1></body></html>\n"
HEADERS = (("Content-Type", "text/html"), ("Retry-After", "1"), ("Cache-Control", "no-store"))


class Balancer(Middle):
    """Has no backend left twice."""

    def __init__(self, _scenario: Scenario) -> None:
        self._count = 0

    async def ask(self, asked: Asked) -> Asked | Response | None:
        """Answer in place of a backend that is being replaced."""
        self._count += 1
        return Response(status=503, headers=HEADERS, body=PAGE) if self._count in WHEN else asked


VARIANT = Variant(title="Two 503 with Retry-After in a rolling restart", middle=Balancer)
