"""A new memory belongs to whom X-On-Behalf-Of names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Trusting

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "isolation.create"
mode = "http"


def named(request: Request, operation: str) -> str | None:
    """Return who a header says that it is."""
    return request.headers.get("x-on-behalf-of") if operation == "create_memory" else None


def apply(parts: Parts) -> None:
    """Believe a header."""
    parts.authenticator = Trusting(parts, named)
