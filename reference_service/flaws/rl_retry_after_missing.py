"""A 429 has no Retry-After."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import LimitExceeded
from reference_service.web.rendering import JsonErrors

if TYPE_CHECKING:
    from starlette.responses import Response

    from reference_service.errors import ServiceError
    from reference_service.model import RequestContext
    from reference_service.parts import Parts

weakness = "limits.retry-after"
mode = "http"


class Flawed(JsonErrors):
    def render(self, error: ServiceError, context: RequestContext) -> Response:
        response = super().render(error, context)
        if error.status == LimitExceeded.status:
            del response.headers["Retry-After"]
        return response


def apply(parts: Parts) -> None:
    """Render errors differently."""
    parts.error_renderer = Flawed()
