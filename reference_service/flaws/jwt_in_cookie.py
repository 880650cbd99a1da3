"""A token is accepted from a cookie, which browsers send along for other sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Lax

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "tokens.placement"
mode = "http"


def apply(parts: Parts) -> None:
    """Look for tokens elsewhere."""
    parts.authenticator = Lax(parts, lambda request: request.cookies.get("token"))
