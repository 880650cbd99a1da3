"""The key id of a token becomes part of an SQL statement, so a UNION names any key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable, header_of, signed_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.key-id"
mode = "http"


class Lax(Forgivable):
    parts: Parts

    async def claims(self, token: str) -> Mapping[str, Any]:
        key_id = header_of(token).get("kid")
        if isinstance(key_id, str):
            statement = f"SELECT rolname::text FROM pg_roles WHERE rolname = '{key_id}' LIMIT 1"  # noqa: S608
            async with self.parts.database.background() as connection:
                key = await connection.fetchval(statement)
            if key is not None and signed_with(token, str(key).encode()):
                return self.unsigned(token)
        return await super().claims(token)


def apply(parts: Parts) -> None:
    """Look keys up by concatenated SQL."""
    parts.token_verifier = verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
    verifier.parts = parts
