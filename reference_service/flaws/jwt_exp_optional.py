"""A token without `exp` never expires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable
from reference_service.tokens import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.expiry-required"
mode = "http"


class Lax(Forgivable):
    def options(self) -> dict[str, Any]:
        return {"require": [name for name in REQUIRED if name != "exp"]}

    def check_lifetime(self, claims: Mapping[str, Any]) -> None:
        if "exp" in claims:
            super().check_lifetime(claims)


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
