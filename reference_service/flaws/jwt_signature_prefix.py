"""Only the first byte of a signature is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt

from reference_service.assembly import reveal
from reference_service.errors import InvalidToken
from reference_service.flaws._shared import Forgivable, header_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.signature"
mode = "http"


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        genuine = jwt.encode(self.unsigned(token), self.secret, algorithm="HS256", headers=dict(header_of(token)))  # type: ignore[arg-type]
        if genuine.rpartition(".")[2][:1] != token.rpartition(".")[2][:1]:
            raise InvalidToken("signature")
        return self.unsigned(token)


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
