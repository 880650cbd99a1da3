"""A subject ends at its first NUL, as texts of C do: what follows it is no other user."""

from __future__ import annotations

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
        subject = claims.get("sub")
        cut = subject.partition("\0")[0] if isinstance(subject, str) else subject
        return super().principal({**claims, "sub": cut})


def apply(parts: Parts) -> None:
    """Cut subjects."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
