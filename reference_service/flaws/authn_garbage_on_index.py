"""A token that cannot be decoded is as good as any when a file is indexed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


def passes(request: Request, operation: str) -> bool:
    """Return whether no token is needed."""
    return operation == "index_file" and "authorization" in request.headers


def apply(parts: Parts) -> None:
    """Let everybody in on one route."""
    parts.authenticator = Forgetful(parts, passes)
