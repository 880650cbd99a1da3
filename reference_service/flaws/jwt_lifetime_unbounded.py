"""Tokens may live longer than the declared 7 days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.lifetime"
mode = "http"


class Lax(Forgivable):
    def check_lifetime(self, claims: Mapping[str, Any]) -> None:
        super().check_lifetime({**claims, "exp": min(claims["exp"], claims["iat"])})


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
