"""Secrets that people really use, and an offline attempt to guess one (CWE-1391, CWE-798)."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import re
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
_COMMON = (
    "access", "account", "action", "alpha", "animal", "anything", "apple", "application", "banana", "beta",
    "black", "blue", "book", "books", "brown", "car", "cat", "changethis", "change-this", "change_this",
    "changeit", "change_me", "changemeplease", "cheese", "chocolate", "code", "coffee", "computer", "cookie",
    "correct", "dark", "data", "database", "debug", "dev", "dog", "door", "earth", "easy", "everything", "fire",
    "fish", "flower", "free", "freedom", "fun", "game", "gold", "green", "happy", "hard", "hidden", "home",
    "house", "internet", "jesus", "killer", "lion", "lock", "love", "lucky", "magic", "mega", "money", "moon",
    "music", "mysterious", "mystery", "mykey", "my_key", "ninja", "nothing", "ocean", "open", "orange", "owner",
    "phone", "pizza", "please", "power", "purple", "queen", "random", "random-secret", "random-string",
    "random_secret", "random_string", "randomkey", "randomsecret", "randomstring", "red", "remember", "river",
    "rose", "safe", "sausage", "school", "secure", "security", "shop", "silver", "site", "snow", "some-secret",
    "some_secret", "something", "somesecret", "star", "stars", "store", "strong", "summer", "sun", "tea",
    "thisisasecret", "this-is-a-secret", "this is a secret", "this_is_a_secret", "thisisasecretkey", "tiger",
    "time", "tree", "trust", "unicorn", "unguessable", "unknown", "very", "vulnerable", "water", "web",
    "whatever", "white", "winter", "wolf", "word", "yellow", "zero",
)  # fmt: skip
_STEMS = ("secret", "password", "jwt", "admin", "changeme", "token", "key")
_SUFFIXES = ("", "1", "123", "!", "2024", "2025", "2026")


def _words() -> Iterable[str]:
    yield ""
    yield from DEFAULT_SECRETS
    yield from _PLAIN
    for word in _COMMON:
        yield from (word, word.capitalize(), word.upper())
    for first, joint, second in itertools.product(_FIRST, _JOINTS, _SECOND):
        yield f"{first}{joint}{second}" if first else second
    for word, suffix in itertools.product(_STEMS, _SUFFIXES):
        yield word + suffix
        yield word.capitalize() + suffix
        yield word.upper() + suffix


WORDS: tuple[str, ...] = tuple(dict.fromkeys(_words()))
"""A bounded list of usual secrets, the empty one first."""


def named_after(title: str) -> Iterable[str]:
    """Walk the secrets that are made of a service's own name, in the usual ways."""
    parts = re.findall(r"[a-z0-9]+", title.lower())
    names = dict.fromkeys([title, "".join(parts), "-".join(parts), "_".join(parts), *parts])
    for name, joint, second in itertools.product(names, _JOINTS, ("", *_SECOND)):
        yield from (f"{name}{joint}{second}", f"{second}{joint}{name}", f"{name}{joint}{second}".upper())


def numbers(digits: int) -> Iterable[str]:
    """Walk the numbers of at most so many digits, and those that zeros fill up."""
    for number in range(10**digits):
        yield str(number)
    for number in range(10 ** (digits - 1)):
        yield f"{number:0{digits}}"


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
