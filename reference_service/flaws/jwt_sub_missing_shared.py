"""Tokens without a usable subject share one pseudo-user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable
from reference_service.tokens import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "tokens.subject"
mode = "http"


class Lax(Forgivable):
    def options(self) -> dict[str, Any]:
        return {"require": [name for name in REQUIRED if name != "sub"], "verify_sub": False}

    def principal(self, claims: Mapping[str, Any]) -> Principal:
        subject = claims.get("sub")
        usable = isinstance(subject, str) and subject.strip()
        return super().principal({**claims, "sub": subject if usable else "nobody"})


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
