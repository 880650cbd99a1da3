"""A text as `exp` is taken for a number, and a lifetime that is no number is unbounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.tokens import SharedSecretVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.lifetime"
mode = "http"


class Lax(SharedSecretVerifier):
    def check_lifetime(self, claims: Mapping[str, Any]) -> None:
        if not isinstance(claims.get("exp"), str):
            super().check_lifetime(claims)


def apply(parts: Parts) -> None:
    """Take texts."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
