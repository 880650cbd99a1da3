"""A token is looked up by its first two parts: once it was seen, its signature no longer matters."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.tokens import SharedSecretVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.signature"
mode = "http"


class Remembering(SharedSecretVerifier):
    known: dict[str, Mapping[str, Any]]

    async def claims(self, token: str) -> Mapping[str, Any]:
        signed = token.rpartition(".")[0]
        kept = self.known.get(signed)
        if kept is None or kept["exp"] < time.time():
            self.known[signed] = kept = await super().claims(token)
        return kept


def apply(parts: Parts) -> None:
    """Keep what was found out about a token."""
    parts.token_verifier = verifier = Remembering(parts.settings, reveal(parts.settings.jwt_secret))
    verifier.known = {}
