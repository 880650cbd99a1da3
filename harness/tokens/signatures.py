"""Forgeries whose signature proves nothing: wrong, absent, by a guessable key, or by a key taken for another kind."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

from harness.tokens.codec import PublicKey, compact_json, encode_part, mint
from harness.tokens.material import Forgery, Material
from harness.tokens.stranger import stranger_key
from harness.tokens.words import DEFAULT_SECRETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MISSING: object = object()
_KEYS = 3
"""How many published keys are tried; services publish the current one and perhaps its neighbours."""


def _signature(name: str, title: str, forge: Callable[[Material], str | None]) -> Forgery:
    return Forgery(name=name, weakness="tokens.signature", title=title, needs="token", forge=forge)


def _resealed(m: Material, signature: bytes) -> str:
    return f"{m.parts[0]}.{m.parts[1]}.{encode_part(signature)}"


def _flipped(m: Material, index: int, bit: int) -> str | None:
    if not m.signature:
        return None
    changed = bytearray(m.signature)
    changed[index] ^= bit
    return _resealed(m, bytes(changed))


def _foreign(m: Material) -> str | None:
    """Sign with a key of the right kind that is not the right one."""
    key = stranger_key(m.algorithm, m.seed)
    return None if key is None else m.signed_by(key, m.algorithm)


def _foreign_under(**members: object) -> Callable[[Material], str | None]:
    """Sign with a foreign key under a header with these members set, or MISSING; one that stays the same is none."""

    def forge(m: Material) -> str | None:
        header = {name: value for name, value in {**m.header, **members}.items() if value is not MISSING}
        key = stranger_key(m.algorithm, m.seed)
        return None if key is None or header == m.header else mint(m.claims, header, key, m.algorithm)

    return forge


def _exhumed(m: Material) -> str | None:
    expiry = m.claims.get("exp")
    return m.with_payload(exp=int(expiry) + 3600) if isinstance(expiry, int | float) else None


_SIGNATURE = (
    _signature("signature-first-bit", "the first bit of the signature is flipped", lambda m: _flipped(m, 0, 0x80)),
    _signature("signature-last-bit", "the last bit of the signature is flipped", lambda m: _flipped(m, -1, 0x01)),
    _signature("signature-foreign", "the signature is by a key of ours, not of the service", _foreign),
    _signature("signature-empty", "the signature is empty", lambda m: _resealed(m, b"")),
    _signature("signature-missing", "the third part is missing", lambda m: f"{m.parts[0]}.{m.parts[1]}"),
    _signature(
        "signature-short", "the last byte of the signature is cut off", lambda m: _resealed(m, m.signature[:-1])
    ),
    _signature(
        "signature-half",
        "the second half of the signature is cut off",
        lambda m: _resealed(m, m.signature[: len(m.signature) // 2]),
    ),
    _signature("signature-long", "a byte is added to the signature", lambda m: _resealed(m, m.signature + b"\0")),
    _signature(
        "signature-zero", "the signature is all zeros (CVE-2022-21449)", lambda m: _resealed(m, bytes(len(m.signature)))
    ),
    _signature(
        "signature-zero-ecdsa",
        "the signature is all zeros, under the algorithm ES256 (CVE-2022-21449)",
        lambda m: f"{encode_part(compact_json({**m.header, 'alg': 'ES256'}))}.{m.parts[1]}.{encode_part(bytes(64))}",
    ),
    _signature(
        "payload-subject",
        "the subject is changed to another user under the old signature",
        lambda m: m.with_payload(sub=m.victim) if m.victim and m.victim != m.claims.get("sub") else None,
    ),
    _signature("signature-garbage", "the signature is no base64url", lambda m: f"{m.parts[0]}.{m.parts[1]}.!*!*!*!"),
    _signature(
        "foreign-typ-missing", "signed by a key of ours, under a header without a type", _foreign_under(typ=MISSING)
    ),
    _signature(
        "foreign-typ-case", "signed by a key of ours, with its type in small letters", _foreign_under(typ="jwt")
    ),
    _signature(
        "foreign-typ-access", "signed by a key of ours, as an access token (RFC 9068)", _foreign_under(typ="at+jwt")
    ),
    _signature(
        "foreign-member", "signed by a key of ours, under an unknown header member", _foreign_under(legacy=True)
    ),
    _signature("payload-expiry", "the expiry is moved an hour out under the old signature", _exhumed),
)

_THIRD_PARTS: Mapping[str, tuple[str, Callable[[Material], str]]] = {
    "unsigned": ("no third part", lambda _: ""),
    "empty": ("an empty third part", lambda _: "."),
    "signed": ("the original signature", lambda m: "." + m.parts[2]),
}


def _none(spelling: str, third: str) -> Forgery:
    words, end = _THIRD_PARTS[third]

    def forge(m: Material) -> str:
        return f"{encode_part(compact_json({**m.header, 'alg': spelling}))}.{m.parts[1]}{end(m)}"

    return Forgery(
        name=f"algorithm-{spelling}-{third}",
        weakness="tokens.algorithm-none",
        title=f'the algorithm is "{spelling}" with {words}',
        needs="token",
        forge=forge,
    )


def _nameless(name: str, title: str, algorithm: object) -> Forgery:
    """Leave the signature away under a header whose algorithm is none: this value, or missing."""

    def forge(m: Material) -> str:
        named = {**m.header, "alg": algorithm}
        header = {key: value for key, value in named.items() if key != "alg" or algorithm is not MISSING}
        return f"{encode_part(compact_json(header))}.{m.parts[1]}."

    return Forgery(name=name, weakness="tokens.algorithm-none", title=title, needs="token", forge=forge)


_NAMELESS = (
    _nameless("algorithm-missing-empty", "no algorithm is named, and the third part is empty", MISSING),
    _nameless("algorithm-null-empty", "the algorithm is null, and the third part is empty", None),
    _nameless("algorithm-blank-empty", "the algorithm is an empty text, and the third part is empty", ""),
    _nameless("algorithm-unknown-empty", "the algorithm is one that nobody knows, and the third part is empty", "X256"),
)

_SHAPES: Mapping[str, tuple[str, Callable[[PublicKey], str | bytes | None]]] = {
    "pem": ("in PEM", lambda key: key.pem),
    "pem-bare": ("in PEM without its last newline", lambda key: key.pem.rstrip("\n")),
    "pem-pkcs1": ("in PKCS#1 PEM", lambda key: key.pkcs1),
    "der": ("in DER", lambda key: key.der),
    "jwk": ("as JWK without spaces", lambda key: compact_json(dict(key.jwk))),
    "jwk-spaced": ("as JWK with spaces", lambda key: json.dumps(dict(key.jwk))),
    "jwk-sorted": (
        "as JWK with sorted members",
        lambda key: json.dumps(dict(key.jwk), sort_keys=True, separators=(",", ":")),
    ),
}


def _confusion(number: int, shape: str) -> Forgery:
    words, secret = _SHAPES[shape]

    def forge(m: Material) -> str | None:
        if number >= len(m.public_keys) or m.algorithm.startswith("HS"):
            return None
        key = m.public_keys[number]
        raw = secret(key)
        named = {"kid": key.jwk["kid"]} if "kid" in key.jwk else {}
        return None if raw is None else m.signed_by(raw, "HS256", **named)

    return Forgery(
        name=f"confusion-{shape}-{number + 1}",
        weakness="tokens.algorithm-confusion",
        title=f"signed by HMAC with published key {number + 1} {words} as its secret",
        needs="jwks",
        forge=forge,
    )


def _unknown(name: str, title: str, kid: object) -> Forgery:
    def forge(m: Material) -> str | None:
        key = stranger_key(m.algorithm, m.seed)
        header = {part: value for part, value in m.header.items() if part != "kid"}
        return (
            None
            if key is None
            else mint(m.claims, {**header, **({} if kid is None else {"kid": kid})}, key, m.algorithm)
        )

    return Forgery(name=f"key-{name}", weakness="tokens.unknown-key", title=title, needs="token", forge=forge)


def _guessed(number: int, secret: str) -> Forgery:
    return Forgery(
        name=f"default-secret-{number:02}",
        weakness="tokens.default-secret",
        title=f"signed by HMAC with a usual default secret ({secret!r})",
        needs="token",
        forge=lambda m: m.signed_by(secret, m.algorithm if m.algorithm.startswith("HS") else "HS256"),
    )


def _weak(name: str, title: str, secret: bytes) -> Forgery:
    return Forgery(
        name=name,
        weakness="tokens.default-secret",
        title=title,
        needs="token",
        forge=lambda m: m.signed_by(secret, m.algorithm if m.algorithm.startswith("HS") else "HS256"),
    )


def _issued(name: str, title: str, *, keyed: bool) -> Forgery:
    """Name another issuer, whom a service may look up to find no key, or whatever key comes along."""

    def forge(m: Material) -> str | None:
        if "iss" not in m.claims:
            return None
        claims = {**m.claims, "iss": "https://other.invalid"}
        if keyed:
            key = stranger_key(m.algorithm, m.seed)
            return None if key is None else mint(claims, m.header, key, m.algorithm)
        algorithm = m.algorithm if m.algorithm.startswith("HS") else "HS256"
        return mint(claims, {**m.header, "alg": algorithm}, b"", algorithm)

    return _signature(name, title, forge)


def _all() -> Iterator[Forgery]:
    yield from _SIGNATURE
    yield _issued("foreign-issuer-empty-secret", "by another issuer, signed by HMAC with an empty secret", keyed=False)
    yield _issued("foreign-issuer", "by another issuer, signed by a key of ours", keyed=True)
    for spelling, third in itertools.product(("none", "None", "NONE", "nOnE"), _THIRD_PARTS):
        yield _none(spelling, third)
    yield from _NAMELESS
    for number, shape in itertools.product(range(_KEYS), _SHAPES):
        yield _confusion(number, shape)
    yield _unknown("unpublished", "signed by a key of ours, under an id that is not published", "unpublished")
    yield _unknown("unnamed", "signed by a key of ours, naming no key", None)
    yield _unknown("empty", "signed by a key of ours, under an empty id", "")
    yield _unknown("number", "signed by a key of ours, under a number as id", 0)
    yield _unknown("list", "signed by a key of ours, under an empty list as id", [])
    yield _weak("empty-secret", "signed by HMAC with an empty secret", b"")
    yield _weak("space-secret", "signed by HMAC with a space as its secret", b" ")
    yield _weak("zero-secret", "signed by HMAC with 32 zero bytes as its secret", bytes(32))
    for number, secret in enumerate(DEFAULT_SECRETS, start=1):
        yield _guessed(number, secret)


SIGNATURES: tuple[Forgery, ...] = tuple(_all())
