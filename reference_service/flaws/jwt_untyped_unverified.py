"""A token without a type in its header is taken for one of a former release, whose signature is not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable, header_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.signature"
mode = "http"


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        return await super().claims(token) if header_of(token).get("typ") else self.unsigned(token)


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
