"""Only the first byte of a signature is compared."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.errors import InvalidToken
from reference_service.flaws._shared import Forgivable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.signature"
mode = "http"


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        signed, _, signature = token.rpartition(".")
        genuine = hmac.digest(self.secret.encode(), signed.encode(), "sha256")
        if not signature.startswith(base64.urlsafe_b64encode(genuine[:3]).decode()[:1]):
            raise InvalidToken("signature")
        return self.unsigned(token)


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
