"""Errors are counted as successes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.metrics import Metrics

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "metrics.errors"
mode = "many"

FAILURE, SUCCESS = 400, 200


class Flattering(Metrics):
    def record(self, route: str, method: str, status: int, seconds: float) -> None:
        super().record(route, method, status if status < FAILURE else SUCCESS, seconds)


def apply(parts: Parts) -> None:
    """Count with the same counters, but not the same way."""
    flattering = Flattering.__new__(Flattering)
    flattering.__dict__ = parts.metrics.__dict__
    parts.metrics = flattering
