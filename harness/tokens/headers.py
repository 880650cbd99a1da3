"""Forgeries whose header tells the verifier which key to use (CWE-73, CWE-347; RFC 8725, sections 3.5 and 3.10)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization

from harness.tokens.material import Forgery, Material
from harness.tokens.stranger import (
    KID,
    public_jwk,
    secret_jwk,
    stranger_certificate,
    stranger_ec,
    stranger_rsa,
    stranger_secret,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LOOKED_UP: Mapping[str, tuple[str, str, str | bytes]] = {
    # name: what the kid is, kid, the key that a naive look-up of it yields
    "traversal": ("a path to an empty file", "../../../../../../../../dev/null", b""),
    "absolute": ("the absolute path of an empty file", "/dev/null", b""),
    "null-byte": ("a path to an empty file, cut by a NUL", "../../../../../../../../dev/null\0.pem", b""),
    "sql-union": ("an SQL UNION that yields a key of ours", "nothing' UNION SELECT 'stranger' -- ", "stranger"),
    "sql-union-text": ("an SQL UNION that yields a key of ours", "no' UNION SELECT 'stranger'::text -- ", "stranger"),
    "sql-union-empty": ("an SQL UNION that yields an empty key", "nothing' UNION SELECT '' -- ", b""),
    "command": ("a shell command after a pipe", "| echo stranger", "stranger\n"),
    "unknown": ("unknown, and the key empty, as a failed look-up might yield", "unknown-kid", b""),
    "unknown-none": ('unknown, and the key "None", as a failed look-up might be spelt', "unknown-kid", "None"),
    "unknown-null": ('unknown, and the key "null", as a failed look-up might be spelt', "unknown-kid", "null"),
    "empty": ("empty, and the key too", "", b""),
    "itself": ("a word, and the key the same word", "stranger", "stranger"),
}  # fmt: skip


def _key_id(name: str) -> Forgery:
    words, kid, key = _LOOKED_UP[name]
    return Forgery(
        name=f"key-id-{name}",
        weakness="tokens.key-id",
        title=f"the key id is {words}",
        needs="token",
        forge=lambda m: m.signed_by(key, m.algorithm if m.algorithm.startswith("HS") else "HS256", kid=kid),
    )


def _header_key(name: str, title: str, forge: Callable[[Material], str | None], *, needs: str = "token") -> Forgery:
    return Forgery(name=f"header-{name}", weakness="tokens.header-key", title=title, needs=needs, forge=forge)


def _chain(m: Material) -> list[str]:
    certificate = stranger_certificate(m.seed, m.now)
    return [base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()]


def _pointing(m: Material, header: str, path: str) -> str | None:
    if m.listener is None:
        return None
    return m.signed_by(stranger_rsa(m.seed), "RS256", kid=KID, **{header: f"{m.listener.rstrip('/')}/{path}"})


def _embedded_secret(m: Material) -> str:
    secret = stranger_secret(m.seed)
    return m.signed_by(secret, "HS256", jwk=secret_jwk(secret))


def _embedded_ec(m: Material) -> str:
    private = stranger_ec("ES256", m.seed)
    return m.signed_by(private, "ES256", jwk=public_jwk(private))


def _embedded_rsa(m: Material, **header: object) -> str:
    private = stranger_rsa(m.seed)
    return m.signed_by(private, "RS256", jwk=public_jwk(private), **header)


HEADERS: tuple[Forgery, ...] = (
    *(_key_id(name) for name in _LOOKED_UP),
    _header_key("jwk-rsa", "the header embeds the RSA key that signed it", _embedded_rsa),
    _header_key(
        "jwk-rsa-kid",
        "the header embeds the RSA key that signed it, and its id",
        lambda m: _embedded_rsa(m, kid=KID),
    ),
    _header_key("jwk-ec", "the header embeds the EC key that signed it", _embedded_ec),
    _header_key("jwk-secret", "the header embeds the HMAC key that signed it", _embedded_secret),
    _header_key(
        "x5c",
        "the header embeds a self-signed certificate of the key that signed it",
        lambda m: m.signed_by(stranger_rsa(m.seed), "RS256", x5c=_chain(m)),
    ),
    _header_key(
        "jku",
        "the header points to a key set of ours",
        lambda m: _pointing(m, "jku", "jwks.json"),
        needs="listener",
    ),
    _header_key(
        "x5u",
        "the header points to a certificate of ours",
        lambda m: _pointing(m, "x5u", "certificate.pem"),
        needs="listener",
    ),
)
