"""Secrets that people really use, and an offline attempt to guess one (CWE-1391, CWE-798)."""

from __future__ import annotations

import hashlib
import hmac
import itertools
from typing import TYPE_CHECKING

from harness.tokens.codec import decode

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT_SECRETS = (
    "secret",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "your-secret-key",
    "your_secret_key",
    "your-secret-key-here",
    "your-jwt-secret",
    "jwt_secret_key",
    "jwt-secret",
    "super-secret",
    "supersecret",
    "super-secret-key",
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "secret-key",
    "secretkey",
    "my-secret-key",
    "mysecretkey",
    "change-me",
    "changeme",
    "change-me-in-production",
    "please-change-me",
    "replace-me",
    "insecure-secret-key",
    "dev-secret",
    "dev-secret-key",
    "development",
    "development-secret",
    "dev-secret-change-me",
    "test-secret",
    "test",
    "example",
    "password",
    "shhhhh",
    "keyboard cat",
    "default",
    "key",
    "none",
    "null",
    "undefined",
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
)
"""What tutorials, templates and READMEs put where a secret belongs."""

_FIRST = (
    "", "my", "your", "the", "super", "top", "jwt", "app", "api", "dev", "test", "prod", "auth", "token", "access",
    "refresh", "session", "django", "flask", "fastapi", "express", "local", "demo", "default", "insecure", "staging",
)  # fmt: skip
_SECOND = ("secret", "key", "secretkey", "secret-key", "secret_key", "jwt", "token", "password", "signing-key")
_JOINTS = ("", "-", "_")
_PLAIN = (
    "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "0123456789abcdef", "000000",
    "111111", "abc", "abc123", "abcdef", "admin", "admin123", "administrator", "root", "toor", "guest", "user", "login",
    "letmein", "welcome", "welcome1", "qwerty", "qwerty123", "qwertyuiop", "asdf", "asdfgh", "zxcvbn", "iloveyou",
    "monkey", "dragon", "master", "shadow", "sunshine", "princess", "football", "baseball", "superman", "batman",
    "trustno1", "passw0rd", "p@ssw0rd", "p@ssword", "pass", "pass123", "hunter2", "hello", "helloworld", "hello-world",
    "world", "foo", "bar", "baz", "foobar", "qux", "lorem", "ipsum", "company", "server", "service", "service-secret",
    "client", "client-secret", "client_secret", "private", "private-key", "public", "hmac", "hmac-key", "hs256",
    "HS256", "sha256", "hash", "salt", "sign", "signature", "crypto", "cipher", "encrypt", "encryption-key", "backend",
    "frontend", "gateway", "docker", "kubernetes", "postgres", "redis", "mongo", "node", "nodejs", "spring", "laravel",
    "symfony", "rails", "python", "java", "golang", "rust", "react", "angular", "vue", "next", "nextauth", "supabase",
    "firebase", "auth0", "keycloak", "okta", "cognito", "bearer", "oauth", "oauth2", "openid", "identity", "todo",
    "fixme", "xxx", "xxxxxxxx", "aaaaaaaa", "temp", "temporary", "sample", "placeholder", "string", "value", "config",
    "env", "JWT_SECRET", "SECRET_KEY", "API_KEY", "SECRET", "qwe123", "1q2w3e4r", "1qaz2wsx", "q1w2e3r4", "zaq12wsx",
    "secret!", "s3cr3t", "s3cret", "S3cr3t!", "topsecret", "notsecret", "not-a-secret", "verysecret", "very-secret",
    "extremely-secret", "unsafe", "unsafe-secret", "dont-tell", "donttell", "sssh", "shh", "shhh", "ssshhh",
    "mypassword", "jwtpassword", "jsonwebtoken", "json-web-token", "HelloWorld", "production", "staging",
)  # fmt: skip
_STEMS = ("secret", "password", "jwt", "admin", "changeme", "token", "key")
_SUFFIXES = ("", "1", "123", "!", "2024", "2025", "2026")


def _words() -> Iterable[str]:
    yield ""
    yield from DEFAULT_SECRETS
    yield from _PLAIN
    for first, joint, second in itertools.product(_FIRST, _JOINTS, _SECOND):
        yield f"{first}{joint}{second}" if first else second
    for word, suffix in itertools.product(_STEMS, _SUFFIXES):
        yield word + suffix
        yield word.capitalize() + suffix
        yield word.upper() + suffix


WORDS: tuple[str, ...] = tuple(dict.fromkeys(_words()))
"""A bounded list of usual secrets, the empty one first."""


def crack(token: str, words: Iterable[str]) -> str | None:
    """Return the word that signed this token, None when it is none of them or the token has no HMAC signature.

    Raises ValueError when this is no JSON Web Token.
    """
    header, _, signature = decode(token)
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}.get(str(header.get("alg")))
    if digest is None:
        return None
    message = token.rpartition(".")[0].encode()
    return next((word for word in words if hmac.digest(word.encode(), message, digest) == signature), None)
