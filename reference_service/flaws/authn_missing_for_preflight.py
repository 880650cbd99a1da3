"""A request that names a method in Access-Control-Request-Method is taken for a preflight, which has no token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


def apply(parts: Parts) -> None:
    """Let preflights pass."""
    parts.authenticator = Forgetful(parts, lambda request, _: "access-control-request-method" in request.headers)
