"""Tokens signed with a well-known development secret are accepted as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable, signed_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.default-secret"
mode = "http"


DEFAULTS = ("your-256-bit-secret", "secret", "changeme")


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        if any(signed_with(token, secret.encode()) for secret in DEFAULTS):
            return self.unsigned(token)
        return await super().claims(token)


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
