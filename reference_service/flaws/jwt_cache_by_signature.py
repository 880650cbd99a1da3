"""A signature that was good once is good for whatever claims it is put under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.signature"
mode = "http"


class Remembering(Forgivable):
    known: set[str]

    async def claims(self, token: str) -> Mapping[str, Any]:
        signature = token.rpartition(".")[2]
        if signature and signature in self.known:
            return self.unsigned(token)
        claims = await super().claims(token)
        self.known.add(signature)
        return claims


def apply(parts: Parts) -> None:
    """Keep what was found out about a signature."""
    parts.token_verifier = verifier = Remembering(parts.settings, reveal(parts.settings.jwt_secret))
    verifier.known = set()
