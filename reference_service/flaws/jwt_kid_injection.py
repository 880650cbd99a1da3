"""The key id of a token is a path, so `../../dev/null` names an empty key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable, header_of, signed_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.key-id"
mode = "http"


KEYS = Path("/var/lib/keys")


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        key_id = header_of(token).get("kid")
        if isinstance(key_id, str) and signed_with(token, self.file(key_id)):
            return self.unsigned(token)
        return await super().claims(token)

    def file(self, key_id: str) -> bytes:
        try:
            return (KEYS / key_id).resolve().read_bytes()
        except (OSError, ValueError):
            return self.secret.encode()


def apply(parts: Parts) -> None:
    """Weaken the verifier."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
