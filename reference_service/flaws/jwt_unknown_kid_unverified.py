"""A token that names an unknown key is accepted without a look at its signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.errors import InvalidToken
from reference_service.flaws._shared import Forgivable, header_of
from reference_service.tokens import KeySetVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.unknown-key"
mode = "http"
needs = "key-set"


class Lax(KeySetVerifier):
    async def claims(self, token: str) -> Mapping[str, Any]:
        try:
            await self.key(header_of(token))
        except InvalidToken:
            return Forgivable(self.settings, "").unsigned(token)
        return await super().claims(token)


def apply(parts: Parts) -> None:
    """Weaken the verifier of published keys."""
    parts.token_verifier = Lax(parts.settings)
