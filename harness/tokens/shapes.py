"""Forgeries that are no token at all, or not one of a JSON Web Token's shape."""

from __future__ import annotations

import hashlib

from harness.tokens.codec import assemble, compact_json, encode_part
from harness.tokens.material import Forgery, Material


def _missing(name: str, title: str) -> Forgery:
    return Forgery(name=name, weakness="tokens.missing", title=title, needs="token", forge=lambda _: "")


def _noise(m: Material, size: int) -> str:
    return encode_part(hashlib.shake_256(f"noise {m.seed}".encode()).digest(size))


def _with_payload(m: Material, payload: str) -> str | None:
    return None if m.key is None else assemble(compact_json(m.header), payload, m.key.value, m.algorithm)


def _with_header(m: Material, header: str) -> str | None:
    return None if m.key is None else assemble(header, compact_json(m.claims), m.key.value, m.algorithm)


def _subject(m: Material) -> str:
    return str(m.claims.get("sub") or "user")


def _header_without_algorithm(m: Material) -> str | None:
    return m.resigned(header={name: value for name, value in m.header.items() if name != "alg"})


_MISSING = (
    _missing("absent", "no credential is sent at all"),
    _missing("empty", "the credential is the empty string"),
)
_GARBAGE = (
    ("random-string", "a random string stands where the token belongs", lambda m: _noise(m, 24)),
    (
        "random-parts",
        "three random parts stand where header, claims and signature belong",
        lambda m: ".".join((_noise(m, 24), _noise(m, 48), _noise(m, 32))),
    ),
    ("long-random", "7,000 random characters stand where the token belongs", lambda m: _noise(m, 5250)),
    ("word-null", 'the credential is the word "null"', lambda _: "null"),
    ("word-undefined", 'the credential is the word "undefined"', lambda _: "undefined"),
    ("subject-alone", "the credential is only the subject of the token", _subject),
    ("claims-alone", "the credential is only the claims of the token", lambda m: m.parts[1]),
    ("dots", "the credential is two dots between three empty parts", lambda _: ".."),
)
_STRUCTURE_TOKEN = (
    (
        "five-parts",
        "the token has five parts, as an encrypted one would",
        lambda m: m.token.value + "." + m.parts[2] + "." + m.parts[2],
    ),
    ("leading-dot", "an empty part stands before the header", lambda m: f".{m.token.value}"),
    ("claims-missing", "the claims are an empty part", lambda m: f"{m.parts[0]}..{m.parts[2]}"),
    ("header-missing", "the header is an empty part", lambda m: f".{m.parts[1]}.{m.parts[2]}"),
)
_STRUCTURE_KEY = (
    (
        "claims-array",
        "the claims are a JSON array, correctly signed",
        lambda m: _with_payload(m, compact_json([dict(m.claims)])),
    ),
    (
        "claims-string",
        "the claims are a JSON string, correctly signed",
        lambda m: _with_payload(m, compact_json(_subject(m))),
    ),
    ("claims-null", "the claims are null, correctly signed", lambda m: _with_payload(m, "null")),
    ("claims-not-json", "the claims are no JSON, correctly signed", lambda m: _with_payload(m, _subject(m) + "{")),
    (
        "header-array",
        "the header is a JSON array, correctly signed",
        lambda m: _with_header(m, compact_json([dict(m.header)])),
    ),
    ("algorithm-missing", "the header names no algorithm, correctly signed", _header_without_algorithm),
    (
        "algorithm-list",
        "the header names a list of algorithms, correctly signed",
        lambda m: m.resigned(header={**m.header, "alg": [m.algorithm]}),
    ),
    (
        "critical-unknown",
        "the header calls an extension critical that nobody understands (RFC 7515, section 4.1.11)",
        lambda m: m.resigned(header={**m.header, "crit": ["urn:example:unknown"], "urn:example:unknown": True}),
    ),
    (
        "critical-empty",
        "the header has an empty list of critical extensions (RFC 7515, section 4.1.11)",
        lambda m: m.resigned(header={**m.header, "crit": []}),
    ),
)


SHAPES: tuple[Forgery, ...] = (
    *_MISSING,
    *(
        Forgery(name=name, weakness="tokens.garbage", title=title, needs="token", forge=forge)
        for name, title, forge in _GARBAGE
    ),
    *(
        Forgery(name=name, weakness="tokens.structure", title=title, needs="token", forge=forge)
        for name, title, forge in _STRUCTURE_TOKEN
    ),
    *(
        Forgery(name=name, weakness="tokens.structure", title=title, needs="key", forge=forge)
        for name, title, forge in _STRUCTURE_KEY
    ),
)
