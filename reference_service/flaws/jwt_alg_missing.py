"""A token that names no algorithm needs no signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable, unverified_header

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.algorithm-none"
mode = "http"


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        header = unverified_header(token)
        if header and not header.get("alg"):
            none = jwt.utils.base64url_encode(b'{"alg":"none"}').decode()
            return self.unsigned(f"{none}.{token.split('.')[1]}.")
        return await super().claims(token)


def apply(parts: Parts) -> None:
    """Take a missing algorithm for none."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
