"""An ES256 signature of zeros passes (CVE-2022-21449)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable, header_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.signature"
mode = "http"


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        signature = token.rpartition(".")[2]
        if header_of(token).get("alg") == "ES256" and set(signature) == {"A"}:
            return self.unsigned(token)
        return await super().claims(token)


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
