"""Tokens are accepted for half a minute longer than the declared leeway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.assembly import reveal
from reference_service.tokens import SharedSecretVerifier

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "tokens.expiry"
mode = "http"


def apply(parts: Parts) -> None:
    """Be generous."""
    settings = parts.settings.model_copy(update={"jwt_leeway_seconds": 30})
    parts.token_verifier = SharedSecretVerifier(settings, reveal(settings.jwt_secret))
