"""The histogram of durations leaves errors out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.metrics import Metrics

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "metrics.errors"
mode = "http"
ERROR = 400


class Flawed(Metrics):
    def record(self, route: str, method: str, status: int, seconds: float) -> None:
        self.requests.labels(route, method, status).inc()
        if status < ERROR:
            self.durations.labels(route, method, status).observe(seconds)


def apply(parts: Parts) -> None:
    """Replace the metrics."""
    parts.metrics = Flawed()
