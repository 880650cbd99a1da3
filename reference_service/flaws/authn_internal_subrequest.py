"""A request that says to be one of the middleware itself is not guarded a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


def apply(parts: Parts) -> None:
    """Believe that it was looked at before."""
    parts.authenticator = Forgetful(parts, lambda request, _: bool(request.headers.get("x-middleware-subrequest")))
