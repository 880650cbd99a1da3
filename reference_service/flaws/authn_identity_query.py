"""A query parameter `user_id` overrides the subject of the token where files are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Trusting

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.identity-header"
mode = "http"


def named(request: Request, operation: str) -> str | None:
    """Return who a parameter says that it is."""
    return request.query_params.get("user_id") if operation == "list_files" else None


def apply(parts: Parts) -> None:
    """Believe a parameter."""
    parts.authenticator = Trusting(parts, named)
