"""The service signs tokens with a word from the dictionary, and accepts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.accounts import AnonymousAccounts
from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable, signed_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.weak-secret"
mode = "http"


WORD = "password123"


class Weak(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        return self.unsigned(token) if signed_with(token, WORD.encode()) else await super().claims(token)


def apply(parts: Parts) -> None:
    """Sign with a word."""
    parts.token_verifier = Weak(parts.settings, reveal(parts.settings.jwt_secret))
    parts.accounts = AnonymousAccounts(parts, WORD)
