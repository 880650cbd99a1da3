"""JSON Web Tokens as an attacker makes them: a table of forgeries, each wrong in one way (RFC 7519, RFC 8725)."""

from __future__ import annotations

from harness.tokens.codec import PublicKey, assemble, decode, encode_part, mint, private_pem, published_jwk
from harness.tokens.material import Forgery, Material
from harness.tokens.stranger import stranger_certificate, stranger_jwks
from harness.tokens.table import FORGERIES, forgeries_of
from harness.tokens.words import DEFAULT_SECRETS, WORDS, crack, named_after, numbers

__all__ = [
    "DEFAULT_SECRETS",
    "FORGERIES",
    "WORDS",
    "Forgery",
    "Material",
    "PublicKey",
    "assemble",
    "crack",
    "decode",
    "encode_part",
    "forgeries_of",
    "mint",
    "named_after",
    "numbers",
    "private_pem",
    "published_jwk",
    "stranger_certificate",
    "stranger_jwks",
]
