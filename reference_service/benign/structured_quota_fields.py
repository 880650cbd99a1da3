"""The quota is told by the structured fields of the IETF draft alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.benign._shared import documenting, operations
from reference_service.web.recorder import StandardHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import RequestContext
    from reference_service.parts import Parts

mode = "benign"
touches = ["limits", "contract"]
scenario = {
    "limits": {
        "headers": {
            "limit": "RateLimit-Policy",
            "remaining": "RateLimit",
            "reset": "RateLimit",
            "reset_is": "seconds",
        }
    }
}


class Structured(StandardHeaders):
    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        told = super().headers(context, status, present)
        return {name: value for name, value in told.items() if not name.startswith("X-RateLimit")}


def document(known: dict[str, Any]) -> None:
    """Promise these only."""
    for operation in operations(known):
        for response in operation["responses"].values():
            headers = response.get("headers", {})
            for name in [each for each in headers if each.startswith("X-RateLimit")]:
                del headers[name]


def apply(parts: Parts) -> None:
    """Say less, and promise less."""
    parts.header_policy = Structured()
    parts.middleware = (*parts.middleware, documenting(document))
