"""Answers of the memory API may be kept by the browser for a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "caching.no-store"
mode = "http"


class Flawed(StandardHeaders):
    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        chosen = dict(super().headers(context, status, present))
        if context.operation in {"read_memory", "list_memories"}:
            chosen["Cache-Control"] = "max-age=60"
        return chosen


def apply(parts: Parts) -> None:
    """Change the headers."""
    parts.header_policy = Flawed()
