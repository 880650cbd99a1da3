"""A token that was good once is good for as long as the process lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.tokens import SharedSecretVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.expiry"
mode = "http"


class Remembering(SharedSecretVerifier):
    known: dict[str, Mapping[str, Any]]

    async def claims(self, token: str) -> Mapping[str, Any]:
        if token not in self.known:
            self.known[token] = await super().claims(token)
        return self.known[token]


def apply(parts: Parts) -> None:
    """Keep what was found out about a token."""
    parts.token_verifier = verifier = Remembering(parts.settings, reveal(parts.settings.jwt_secret))
    verifier.known = {}
