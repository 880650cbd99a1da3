"""A wrong method is answered without a request id in the header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "tracing.missing"
mode = "http"
NOT_ALLOWED = 405


class Silent(StandardHeaders):
    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        chosen = dict(super().headers(context, status, present))
        if status == NOT_ALLOWED:
            del chosen["X-Request-ID"]
        return chosen


def apply(parts: Parts) -> None:
    """Say nothing."""
    parts.header_policy = Silent()
