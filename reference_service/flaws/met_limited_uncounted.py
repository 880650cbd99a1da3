"""What the limiter refuses is not counted, so that nobody sees whom it keeps out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.metrics import Metrics

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "metrics.errors"
mode = "many"
LIMITED = 429


class Blind(Metrics):
    def record(self, route: str, method: str, status: int, seconds: float) -> None:
        if status != LIMITED:
            super().record(route, method, status, seconds)


def apply(parts: Parts) -> None:
    """Look away from a refusal."""
    parts.metrics = Blind()
