"""With published keys, HS256 over the text of a public key passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reference_service.errors import InvalidToken
from reference_service.flaws._shared import Forgivable, header_of, signed_with
from reference_service.tokens import KeySetVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.algorithm-confusion"
mode = "http"
needs = "key-set"


class Lax(KeySetVerifier):
    async def claims(self, token: str) -> Mapping[str, Any]:
        header = header_of(token)
        if header.get("alg") != "HS256":
            return await super().claims(token)
        published = await self.key(header)
        pem = published.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        if not any(signed_with(token, secret) for secret in (pem, pem.rstrip(b"\n"))):
            raise InvalidToken("signature")
        return Forgivable(self.settings, "").unsigned(token)


def apply(parts: Parts) -> None:
    """Weaken the verifier of published keys."""
    parts.token_verifier = Lax(parts.settings)
