"""The query parameter `debug` lets requests without a token pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


def apply(parts: Parts) -> None:
    """Let developers in."""
    parts.authenticator = Forgetful(parts, lambda request, _: "debug" in request.query_params)
