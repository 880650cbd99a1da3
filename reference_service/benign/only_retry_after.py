"""The quota is told by 429 and `Retry-After` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.benign._shared import documenting, operations
from reference_service.web.document import LIMITS
from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import RequestContext
    from reference_service.parts import Parts

mode = "benign"
touches = ["limits", "contract"]
scenario = {"limits": {"headers": {"limit": None, "remaining": None, "reset": None}}}


class Silent(StandardHeaders):
    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        told = super().headers(context, status, present)
        return {name: value for name, value in told.items() if name not in LIMITS}


def document(known: dict[str, Any]) -> None:
    """Promise none of them."""
    for operation in operations(known):
        for response in operation["responses"].values():
            for name in LIMITS:
                response.get("headers", {}).pop(name, None)


def apply(parts: Parts) -> None:
    """Say less, and promise less."""
    parts.header_policy = Silent()
    parts.middleware = (*parts.middleware, documenting(document))
