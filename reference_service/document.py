"""The OpenAPI document of the service, made without any server."""

from __future__ import annotations

from typing import Any

from reference_service.assembly import routes
from reference_service.settings import Settings
from reference_service.web.document import part_of

RELEASED_BEFORE = (
    "/api/v1/memory",
    "/api/v1/memory/query",
    "/api/v1/memory/{memory_id}",
    "/api/v1/stream/auth/anon",
    "/ready",
    "/version",
    "/metrics",
)
"""What the release before had; scenarios/knowledge.openapi-baseline.json pins it."""


def document() -> dict[str, Any]:
    """Return the document; nothing is behind the routes."""
    return routes(Settings()).openapi()


def baseline() -> dict[str, Any]:
    """Return the part of the document that the release before had."""
    return part_of(document(), RELEASED_BEFORE)
