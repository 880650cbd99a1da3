"""Keys that the service under test has never seen, made from a seed so that a run can be repeated."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import math
import random
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from harness.tokens.codec import encode_part, private_pem, published_jwk

if TYPE_CHECKING:
    from collections.abc import Mapping

KID = "stranger"
_CURVES: Mapping[str, ec.EllipticCurve] = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
_SMALL = math.prod(n for n in range(3, 2000) if all(n % d for d in range(2, math.isqrt(n) + 1)))


def stranger_secret(seed: int) -> bytes:
    """Return an HMAC key of 32 bytes."""
    return hashlib.sha256(f"stranger hmac {seed}".encode()).digest()


def stranger_key(algorithm: str, seed: int) -> str | bytes | None:
    """Return a key that fits the algorithm, None for one we cannot sign with."""
    if algorithm.startswith("HS"):
        return stranger_secret(seed)
    if algorithm[:2] in {"RS", "PS"}:
        return stranger_rsa(seed)
    if algorithm == "EdDSA":
        return private_pem(ed25519.Ed25519PrivateKey.from_private_bytes(stranger_secret(seed)))
    return stranger_ec(algorithm, seed) if algorithm in _CURVES else None


@functools.cache
def stranger_ec(algorithm: str, seed: int) -> str:
    """Return a private key on the curve of ES256, ES384 or ES512, in PEM."""
    number = int.from_bytes(hashlib.sha256(f"stranger ec {seed}".encode()).digest(), "big") >> 1
    return private_pem(ec.derive_private_key(number, _CURVES[algorithm]))


@functools.cache
def stranger_rsa(seed: int) -> str:
    """Return an RSA private key of 2048 bits in PEM: reproducible, so fit for bait and for nothing else."""
    return private_pem(_rsa(seed))


@functools.cache
def _rsa(seed: int) -> rsa.RSAPrivateKey:
    source = random.Random(f"stranger rsa {seed}")
    exponent = 65537
    p, q = _prime(source, exponent), _prime(source, exponent)
    d = pow(exponent, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=d % (p - 1),
        dmq1=d % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=rsa.RSAPublicNumbers(exponent, p * q),
    )
    return numbers.private_key()


def public_jwk(pem: str) -> dict[str, Any]:
    """Return the public half of a private key as a JSON Web Key."""
    return published_jwk(pem, KID)


def secret_jwk(secret: bytes) -> dict[str, Any]:
    """Return an HMAC key as a JSON Web Key."""
    return {"kty": "oct", "k": encode_part(secret), "alg": "HS256", "kid": KID}


def stranger_jwks(seed: int) -> dict[str, Any]:
    """Return the key set that a `jku` listener has to serve for a flawed verifier to take the bait."""
    return {"keys": [public_jwk(stranger_rsa(seed))]}


def stranger_certificate(seed: int, now: int) -> x509.Certificate:
    """Return a self-signed certificate for the RSA key, as an `x5u` listener has to serve it."""
    private = _rsa(seed)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, KID)])
    start = dt.datetime.fromtimestamp(now, dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(seed % 2**64 + 1)
        .not_valid_before(start - dt.timedelta(days=1))
        .not_valid_after(start + dt.timedelta(days=1))
        .sign(private, hashes.SHA256())
    )


def _prime(source: random.Random, exponent: int) -> int:
    while True:
        candidate = source.getrandbits(1024) | (3 << 1022) | 1
        if math.gcd(candidate, _SMALL) == 1 and math.gcd(candidate - 1, exponent) == 1 and _is_prime(candidate, source):
            return candidate


def _is_prime(candidate: int, source: random.Random) -> bool:
    """Whether ten rounds of Miller and Rabin find nothing against it."""
    odd, twos = candidate - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_witnesses_nothing(candidate, source.randrange(2, candidate - 1), odd, twos) for _ in range(10))


def _witnesses_nothing(candidate: int, base: int, odd: int, twos: int) -> bool:
    value = pow(base, odd, candidate)
    if value in {1, candidate - 1}:
        return True
    for _ in range(twos - 1):
        value = value * value % candidate
        if value == candidate - 1:
            return True
    return False
