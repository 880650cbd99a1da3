"""For an algorithm that it does not know the library finds nothing that verifies, and goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable, header_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.algorithm-none"
mode = "http"
KNOWN = ("HS", "RS", "ES", "PS", "ED", "NO")


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        name = header_of(token).get("alg")
        if isinstance(name, str) and name and not name.upper().startswith(KNOWN):
            return self.unsigned(token)
        return await super().claims(token)


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
