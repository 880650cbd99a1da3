"""A key that the token brings along, or an address it names, is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import jwt

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable, header_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.header-key"
mode = "http"


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        header = header_of(token)
        offered = [header["jwk"]] if isinstance(header.get("jwk"), dict) else await fetched(header)
        for key in offered:
            try:
                jwt.decode(token, jwt.PyJWK(key), options={"verify_aud": False})
            except (jwt.PyJWTError, ValueError, TypeError):
                continue
            return self.unsigned(token)
        return await super().claims(token)


async def fetched(header: Mapping[str, Any]) -> list[Any]:
    """Get the keys from the address in the token."""
    address = header.get("jku") or header.get("x5u")
    if not isinstance(address, str):
        return []
    try:
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
            return list((await client.get(address)).json()["keys"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return []


def apply(parts: Parts) -> None:
    """Believe the header."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
