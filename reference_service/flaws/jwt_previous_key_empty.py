"""The key before the last rotation is tried as well; it was never set, and so it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.errors import InvalidToken
from reference_service.flaws._shared import Forgivable, signed_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.default-secret"
mode = "http"


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        try:
            return await super().claims(token)
        except InvalidToken:
            if not signed_with(token, b""):
                raise
            return self.unsigned(token)


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
