"""A cookie `user_id` overrides the subject of the token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Trusting

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "authentication.identity-header"
mode = "http"


def apply(parts: Parts) -> None:
    """Believe a cookie."""
    parts.authenticator = Trusting(parts, lambda request, _: request.cookies.get("user_id"))
