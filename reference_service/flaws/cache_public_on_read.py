"""A file's description may be kept by shared caches for a day, and names its token nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "caching.shared"
mode = "http"


class Flawed(StandardHeaders):
    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        chosen = dict(super().headers(context, status, present))
        if context.operation == "read_file":
            chosen["Cache-Control"] = "s-maxage=86400"
        return chosen


def apply(parts: Parts) -> None:
    """Change the headers."""
    parts.header_policy = Flawed()
