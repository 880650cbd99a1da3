"""One class of errors says nothing of what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.errors import FileMissing
from reference_service.web.rendering import JsonErrors

if TYPE_CHECKING:
    from reference_service.errors import ServiceError
    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "errors.shape"
mode = "http"


class Flawed(JsonErrors):
    def body(self, error: ServiceError, context: RequestContext) -> dict[str, Any]:
        body = super().body(error, context)
        if error.status == FileMissing.status:
            body["suggestion"] = ""
        return body


def apply(parts: Parts) -> None:
    """Render errors differently."""
    parts.error_renderer = Flawed()
