"""Subjects that differ only in letter case are one user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "tokens.subject"
mode = "http"


class Lax(Forgivable):
    def principal(self, claims: Mapping[str, Any]) -> Principal:
        return super().principal({**claims, "sub": str(claims["sub"]).lower()})


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
