"""The id in the header is not that in the error body."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "tracing.echo"
mode = "http"


class Flawed(StandardHeaders):
    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        chosen = dict(super().headers(context, status, present))
        chosen["X-Request-ID"] = uuid4().hex
        return chosen


def apply(parts: Parts) -> None:
    """Change the headers."""
    parts.header_policy = Flawed()
