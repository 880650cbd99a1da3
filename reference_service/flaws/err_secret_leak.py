"""Errors of the service name the address of the database, password and all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.web.rendering import JsonErrors

if TYPE_CHECKING:
    from reference_service.errors import ServiceError
    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "errors.secret"
mode = "grey"


OURS = 500


class Flawed(JsonErrors):
    parts: Parts

    def body(self, error: ServiceError, context: RequestContext) -> dict[str, Any]:
        body = super().body(error, context)
        if error.status >= OURS:
            body["detail"] += f" could not connect to {reveal(self.parts.settings.app_database_url)}"
        return body


def apply(parts: Parts) -> None:
    """Render errors differently."""
    parts.error_renderer = flawed = Flawed()
    flawed.parts = parts
