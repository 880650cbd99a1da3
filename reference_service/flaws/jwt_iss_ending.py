"""An issuer that merely ends like the right one is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.errors import InvalidToken
from reference_service.tokens import SharedSecretVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "tokens.issuer"
mode = "http"


class Lax(SharedSecretVerifier):
    def options(self) -> dict[str, Any]:
        return super().options() | {"verify_iss": False}

    def principal(self, claims: Mapping[str, Any]) -> Principal:
        if not str(claims["iss"]).endswith(self.settings.jwt_issuer):
            raise InvalidToken("issuer")
        return super().principal(claims)


def apply(parts: Parts) -> None:
    """Compare the end only."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
