"""Errors carry the request id of the request before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "tracing.unique"
mode = "http"
FAILURE = 400


class Late(StandardHeaders):
    last = "0"

    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        chosen = dict(super().headers(context, status, present))
        own = chosen["X-Request-ID"]
        if status >= FAILURE:
            chosen["X-Request-ID"] = self.last
        self.last = own
        return chosen


def apply(parts: Parts) -> None:
    """Be one request late."""
    parts.header_policy = Late()
