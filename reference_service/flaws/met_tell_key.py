"""The metrics, which anybody may read, say with which settings the service was started: the signing key is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Info

from reference_service.assembly import reveal
from reference_service.metrics import Metrics

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "exposure.secret"
mode = "http"


class Telling(Metrics):
    def __init__(self, key: str) -> None:
        super().__init__()
        told = Info("started_with", "Settings of the service.", registry=self.registry)
        told.info({"jwt_algorithm": "HS256", "jwt_secret": key})


def apply(parts: Parts) -> None:
    """Tell the settings."""
    parts.metrics = Telling(reveal(parts.settings.jwt_secret))
