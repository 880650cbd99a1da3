"""The compact form of a JSON Web Token, built and read raw, so that nothing stands in the way of a bad one."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa, utils

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

PublicType = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey
_DIGESTS: Mapping[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}


def encode_part(part: bytes | str) -> str:
    """Return base64url without padding (RFC 7515, section 2)."""
    raw = part.encode() if isinstance(part, str) else part
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_part(part: str) -> bytes:
    """Return what base64url without padding stands for; raises ValueError where it stands for nothing."""
    return base64.b64decode(part.replace("-", "+").replace("_", "/") + "=" * (-len(part) % 4), validate=True)


def compact_json(value: object) -> str:
    """Return JSON without spaces, members in their own order."""
    return json.dumps(value, separators=(",", ":"))


def decode(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """Return header, claims and signature without verifying anything.

    Raises ValueError when this is no signed JSON Web Token.
    """
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        message = f"expected a token of three parts, found {len(parts)}"
        raise ValueError(message)
    header, claims = (json.loads(decode_part(part)) for part in parts[:2])
    if not isinstance(header, dict) or not isinstance(claims, dict):
        message = "expected a token whose header and claims are JSON objects"
        raise ValueError(message)  # noqa: TRY004 - what is wrong is the token, not the type of an argument
    return header, claims, decode_part(parts[2])


def mint(claims: Mapping[str, Any], header: Mapping[str, Any], key: str | bytes, algorithm: str) -> str:
    """Return a token with exactly this header and these claims, signed with `key` (a secret, or a private key in PEM).

    The header is taken as it is, so that it may lie about the algorithm. Raises ValueError for an unknown algorithm.
    """
    return assemble(compact_json(header), compact_json(claims), key, algorithm)


def assemble(header: str, payload: str, key: str | bytes, algorithm: str) -> str:
    """Return a token of this text, which need not be JSON, signed with `key`."""
    signed = f"{encode_part(header)}.{encode_part(payload)}"
    return f"{signed}.{encode_part(sign(signed.encode(), key, algorithm))}"


def sign(message: bytes, key: str | bytes, algorithm: str) -> bytes:
    """Return the JWS signature (RFC 7518, section 3; RFC 8037 for EdDSA); ValueError for an unknown algorithm."""
    raw = key.encode() if isinstance(key, str) else key
    kind, size = algorithm[:2], algorithm[2:]
    if kind == "HS" and size in _DIGESTS:
        return hmac.new(raw, message, getattr(hashlib, f"sha{size}")).digest()
    private = _private(raw)
    if isinstance(private, rsa.RSAPrivateKey) and kind in {"RS", "PS"} and size in _DIGESTS:
        digest = _DIGESTS[size]
        pss = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
        return private.sign(message, pss if kind == "PS" else padding.PKCS1v15(), digest)
    if isinstance(private, ec.EllipticCurvePrivateKey) and kind == "ES" and size in _DIGESTS:
        width = (private.curve.key_size + 7) // 8
        r, s = utils.decode_dss_signature(private.sign(message, ec.ECDSA(_DIGESTS[size])))
        return r.to_bytes(width, "big") + s.to_bytes(width, "big")
    if isinstance(private, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey) and algorithm == "EdDSA":
        return private.sign(message)
    message_text = f"cannot sign with {algorithm} and a key of type {type(private).__name__}"
    raise ValueError(message_text)


@functools.lru_cache(maxsize=8)
def _private(pem: bytes) -> PrivateKeyTypes:
    """Load a private key once: checking an RSA key takes longer than signing with it."""
    return serialization.load_pem_private_key(pem, password=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key that a service publishes for verifying, in the shapes that have been mistaken for an HMAC secret."""

    jwk: Mapping[str, Any]
    pem: str
    der: bytes

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> PublicKey:
        """Return the key of a JWK Set entry; raises ValueError when it is no public key for signatures."""
        try:
            key = jwt.PyJWK(dict(jwk)).key
        except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
            message = f"expected a public JSON Web Key, found kty={jwk.get('kty')!r}: {error}"
            raise ValueError(message) from error
        return cls._of(key, jwk)

    @classmethod
    def from_pem(cls, pem: str) -> PublicKey:
        """Return the key of a SubjectPublicKeyInfo in PEM; raises ValueError when it is none."""
        key = serialization.load_pem_public_key(pem.encode())
        return cls._of(key, _as_jwk(key))

    @classmethod
    def _of(cls, key: object, jwk: Mapping[str, Any]) -> PublicKey:
        if not isinstance(key, PublicType):
            message = f"expected a public key for signatures, found {type(key).__name__}"
            raise ValueError(message)  # noqa: TRY004 - what is wrong is the key, not the type of an argument
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        return cls(
            jwk=dict(jwk),
            pem=key.public_bytes(serialization.Encoding.PEM, spki).decode(),
            der=key.public_bytes(serialization.Encoding.DER, spki),
        )

    @property
    def pkcs1(self) -> str | None:
        """The key in the older PEM form of RSA, None for other keys."""
        key = serialization.load_der_public_key(self.der)
        if not isinstance(key, rsa.RSAPublicKey):
            return None
        return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()


def private_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> str:
    """Return a private key in PEM (PKCS#8)."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def published_jwk(pem: str, key_id: str) -> dict[str, Any]:
    """Return the public half of a private RSA or EC key as an issuer publishes it; raises ValueError for others."""
    private = _private(pem.encode())
    if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        message = f"expected an RSA or EC key, found {type(private).__name__}"
        raise ValueError(message)  # noqa: TRY004 - what is wrong is the key, not the type of an argument
    algorithm = "RS256" if isinstance(private, rsa.RSAPrivateKey) else "ES256"
    return {**_as_jwk(private.public_key()), "alg": algorithm, "use": "sig", "kid": key_id}


def _as_jwk(key: object) -> Mapping[str, Any]:
    if isinstance(key, rsa.RSAPublicKey):
        return jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return jwt.algorithms.ECAlgorithm.to_jwk(key, as_dict=True)
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return jwt.algorithms.OKPAlgorithm.to_jwk(key, as_dict=True)
    return {}
