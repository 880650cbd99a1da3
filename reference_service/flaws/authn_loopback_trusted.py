"""Whoever says in X-Forwarded-For that it calls from this machine needs no token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"

HERE = frozenset({"127.0.0.1", "::1", "localhost"})


def apply(parts: Parts) -> None:
    """Let this machine in."""
    parts.authenticator = Forgetful(parts, lambda request, _: request.headers.get("x-forwarded-for") in HERE)
