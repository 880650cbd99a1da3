"""Without a valid token search answers as for a user called anonymous."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


def apply(parts: Parts) -> None:
    """Let everybody in on one route."""
    parts.authenticator = Forgetful(parts, lambda _, operation: operation == "search_files")
