"""Answers 404 are not counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.metrics import Metrics

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "metrics.errors"
mode = "http"
NOT_FOUND = 404


class Flawed(Metrics):
    def record(self, route: str, method: str, status: int, seconds: float) -> None:
        if status != NOT_FOUND:
            super().record(route, method, status, seconds)


def apply(parts: Parts) -> None:
    """Count less."""
    parts.metrics = Flawed()
