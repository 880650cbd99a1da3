"""The OpenAPI document of the service, made without any server."""

from __future__ import annotations

import base64
import tempfile
from typing import Any

from reference_service.assembly import open_redis, routes, sound_parts
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
    """Return the document; the settings behind it reach no server."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {
                "redis_url": "redis://127.0.0.1:1",
                "app_database_url": "postgresql://127.0.0.1:1/none",
                "jwt_secret": "x" * 32,
                "encryption_keys": f"none:{base64.b64encode(bytes(32)).decode()}",
                "storage_url": folder,
            }
        )
        redis = open_redis(settings)
        return routes(sound_parts(settings, redis, []), redis).openapi()


def baseline() -> dict[str, Any]:
    """Return the part of the document that the release before had."""
    return part_of(document(), RELEASED_BEFORE)
