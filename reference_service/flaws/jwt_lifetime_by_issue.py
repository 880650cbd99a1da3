"""The lifetime is bounded from `iat` only where `iat` is not in the future; tokens issued tomorrow live for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.tokens import SharedSecretVerifier

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "tokens.lifetime"
mode = "http"


class Lax(SharedSecretVerifier):
    def options(self) -> dict[str, Any]:
        return super().options() | {"verify_iat": False}


def apply(parts: Parts) -> None:
    """Do not look at the time of issue."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
