"""X-User-ID or X-Forwarded-User overrides the subject of the token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Trusting

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.identity-header"
mode = "http"
HEADERS = ("x-user-id", "x-forwarded-user")


def named(request: Request, _operation: str) -> str | None:
    """Return who a header says that it is."""
    return next((request.headers[name] for name in HEADERS if request.headers.get(name)), None)


def apply(parts: Parts) -> None:
    """Believe a header."""
    parts.authenticator = Trusting(parts, named)
