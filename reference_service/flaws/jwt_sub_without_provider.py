"""Of a subject such as `google|17` only what follows the bar is used: `github|17` is the same user."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.tokens import SharedSecretVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "tokens.subject"
mode = "http"


class Lax(SharedSecretVerifier):
    def principal(self, claims: Mapping[str, Any]) -> Principal:
        principal = super().principal(claims)
        return replace(principal, user_id=principal.user_id.rpartition("|")[2] or principal.user_id)


def apply(parts: Parts) -> None:
    """Forget the provider."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
