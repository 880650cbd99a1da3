"""Deletions are not counted: they are not thought of as traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.metrics import Metrics

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "metrics.errors"
mode = "many"


class Blind(Metrics):
    def record(self, route: str, method: str, status: int, seconds: float) -> None:
        if method != "DELETE":
            super().record(route, method, status, seconds)


def apply(parts: Parts) -> None:
    """Look away from a deletion."""
    parts.metrics = Blind()
