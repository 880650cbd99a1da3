"""Tokens are accepted for an hour after they expired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.expiry"
mode = "http"


class Lax(Forgivable):
    def decode(self, token: str, key: Any) -> Mapping[str, Any]:
        lenient = Forgivable(self.settings.model_copy(update={"jwt_leeway_seconds": 3600}), self.secret)
        return lenient.decode(token, key)


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
