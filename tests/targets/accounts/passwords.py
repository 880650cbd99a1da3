"""Password hashes by scrypt, and the lock-out of names whose password is being guessed."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass

MAX_FAILURES = 5


def hash_password(password: str) -> str:
    """Return salt and hash; the cost is low for a real service, because tests sign many users up."""
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def verify(password: str, stored: str) -> bool:
    """Return whether the password is the one that was hashed."""
    _, salt, digest = stored.split("$")
    return secrets.compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), digest)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**10, r=8, p=1, dklen=32)


NOBODY = hash_password(secrets.token_urlsafe())
"""Compared with when a name is unknown, so that the answer takes as long."""


@dataclass(slots=True, kw_only=True)
class _Failures:
    count: int = 0
    until: float = 0.0


class Lockout:
    """Refuses a name for a while after too many bad passwords, whether or not anybody has that name."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._failures: dict[str, _Failures] = {}

    def remaining(self, username: str) -> float:
        """Return for how many seconds the name is still refused: 0 if it is not."""
        failures = self._failures.get(username)
        return 0.0 if failures is None else max(0.0, failures.until - time.monotonic())

    def failed(self, username: str) -> None:
        """Count a bad password."""
        self._forget_old()
        failures = self._failures.setdefault(username, _Failures())
        failures.count += 1
        if failures.count >= MAX_FAILURES:
            failures.count, failures.until = 0, time.monotonic() + self._seconds

    def succeeded(self, username: str) -> None:
        """Forget the bad passwords of the name."""
        self._failures.pop(username, None)

    def _forget_old(self) -> None:
        if len(self._failures) > 10_000:
            self._failures = {name: kept for name, kept in self._failures.items() if kept.until > time.monotonic()}
