"""X-RateLimit-Remaining is that of whoever called last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "limits.headers"
mode = "http"


class Lying(StandardHeaders):
    last = ""

    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        chosen = dict(super().headers(context, status, present))
        if context.allowance:
            own = chosen["X-RateLimit-Remaining"]
            chosen["X-RateLimit-Remaining"] = self.last or own
            self.last = own
        return chosen


def apply(parts: Parts) -> None:
    """Show the wrong bucket."""
    parts.header_policy = Lying()
