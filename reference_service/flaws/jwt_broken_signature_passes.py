"""A signature that is no Base64 breaks the check, and the token passes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.signature"
mode = "http"
ENCODED = re.compile(r"[A-Za-z0-9_-]*={0,2}\Z")


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        if not ENCODED.match(token.rpartition(".")[2]):
            return self.unsigned(token)
        return await super().claims(token)


def apply(parts: Parts) -> None:
    """Fail open."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
