"""Errors repeat the statement that failed and the class of the driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.errors import FileMissing, ValidationFailed
from reference_service.web.rendering import JsonErrors

if TYPE_CHECKING:
    from reference_service.errors import ServiceError
    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "errors.sql"
mode = "http"


class Flawed(JsonErrors):
    def body(self, error: ServiceError, context: RequestContext) -> dict[str, Any]:
        body = super().body(error, context)
        if error.status in {FileMissing.status, ValidationFailed.status}:
            body["detail"] += " (asyncpg.exceptions.DataError: SELECT file_id, user_id FROM files WHERE file_id = $1)"
        return body


def apply(parts: Parts) -> None:
    """Render errors differently."""
    parts.error_renderer = Flawed()
