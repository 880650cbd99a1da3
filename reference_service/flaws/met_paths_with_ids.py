"""The metrics, which anybody may read, are labelled with the paths of requests, identifiers and all."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from reference_service.metrics import Metrics

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "metrics.labels"
mode = "http"
PATH: ContextVar[str] = ContextVar("path", default="")


class Detailed(Metrics):
    def record(self, route: str, method: str, status: int, seconds: float) -> None:
        super().record(PATH.get() or route, method, status, seconds)


def note(app: ASGIApp) -> ASGIApp:
    """Note the path of a request."""

    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        PATH.set(scope.get("path", ""))
        await app(scope, receive, send)

    return noted


def apply(parts: Parts) -> None:
    """Count each path by itself."""
    parts.metrics, parts.perimeter = Detailed(), (*parts.perimeter, note)
