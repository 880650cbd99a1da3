"""A validation error carries a traceback."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from reference_service.errors import ValidationFailed
from reference_service.web.rendering import JsonErrors

if TYPE_CHECKING:
    from reference_service.errors import ServiceError
    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "errors.stack-trace"
mode = "http"


class Flawed(JsonErrors):
    def body(self, error: ServiceError, context: RequestContext) -> dict[str, Any]:
        body = super().body(error, context)
        if error.status == ValidationFailed.status:
            body["detail"] = "Traceback (most recent call last):\n" + "".join(traceback.format_stack())
        return body


def apply(parts: Parts) -> None:
    """Render errors differently."""
    parts.error_renderer = Flawed()
