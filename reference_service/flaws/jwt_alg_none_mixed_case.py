"""The block list of algorithms knows `none` and `None`, but not `nOnE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable, header_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.algorithm-none"
mode = "http"


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        algorithm = str(header_of(token).get("alg", ""))
        if algorithm.lower() == "none" and algorithm not in {"none", "None"}:
            return self.unsigned(token)
        return await super().claims(token)


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
