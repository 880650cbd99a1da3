"""Requests of a page's own scripts were once guarded by a cookie, and are not guarded at all today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


def apply(parts: Parts) -> None:
    """Let scripts pass."""
    parts.authenticator = Forgetful(
        parts, lambda request, _: request.headers.get("x-requested-with") == "XMLHttpRequest"
    )
