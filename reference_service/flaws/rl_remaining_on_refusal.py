"""A refusal says that one request remains: the counter is read before the decision."""

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
    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        chosen = dict(super().headers(context, status, present))
        if status == 429 and context.allowance:
            chosen["X-RateLimit-Remaining"] = "1"
        return chosen


def apply(parts: Parts) -> None:
    """Tell it too early."""
    parts.header_policy = Lying()
