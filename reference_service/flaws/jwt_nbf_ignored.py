"""Tokens are accepted before the time from which they are valid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "tokens.not-before"
mode = "http"


class Lax(Forgivable):
    def options(self) -> dict[str, Any]:
        return super().options() | {"verify_nbf": False}


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
