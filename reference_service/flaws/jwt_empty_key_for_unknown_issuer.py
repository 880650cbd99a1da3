"""The issuer of a token picks its key; for one that is not known there is none, which is an empty one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import jwt

from reference_service.assembly import reveal
from reference_service.flaws._shared import Forgivable, signed_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.signature"
mode = "http"


class Lax(Forgivable):
    async def claims(self, token: str) -> Mapping[str, Any]:
        with contextlib.suppress(jwt.InvalidTokenError):
            claims: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False})
            if claims.get("iss") != self.settings.jwt_issuer and signed_with(token, b""):
                return claims
        return await super().claims(token)


def apply(parts: Parts) -> None:
    """Look keys up by the issuer."""
    parts.token_verifier = Lax(parts.settings, reveal(parts.settings.jwt_secret))
