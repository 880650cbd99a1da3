"""X-RateLimit-Reset holds seconds from now instead of the declared epoch seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "limits.headers"
mode = "http"


class Flawed(StandardHeaders):
    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        chosen = dict(super().headers(context, status, present))
        if context.allowance:
            chosen["X-RateLimit-Reset"] = str(context.allowance.full_in)
        return chosen


def apply(parts: Parts) -> None:
    """Change the headers."""
    parts.header_policy = Flawed()
