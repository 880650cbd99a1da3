"""Whoever says to be a probe of the orchestrator needs no token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


def apply(parts: Parts) -> None:
    """Let probes in."""
    parts.authenticator = Forgetful(parts, lambda request, _: "kube-probe" in request.headers.get("user-agent", ""))
