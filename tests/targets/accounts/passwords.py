"""Password hashes by scrypt, and the lock-out of names whose password is being guessed."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass

MAX_FAILURES = 5
MEMORY_SECONDS = 900
MANY = 10_000


def hash_password(password: str) -> str:
    """Return salt and hash; the cost is far too low for a real service, because tests sign many users up."""
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def verify(password: str, stored: str) -> bool:
    """Return whether the password is the one that was hashed."""
    _, salt, digest = stored.split("$")
    return secrets.compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), digest)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**6, r=8, p=1, dklen=32)


NOBODY = hash_password(secrets.token_urlsafe())
"""Compared with when a name is unknown, so that the answer takes as long."""


@dataclass(slots=True, kw_only=True)
class _Failures:
    count: int = 0
    last: float = 0.0


class Lockout:
    """Refuses a name for a while after too many bad passwords, whether or not anybody has that name."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._failures: dict[str, _Failures] = {}

    def remaining(self, username: str) -> float:
        """Return for how many seconds the name is still refused: 0 if it is not."""
        failures = self._failures.get(username)
        if failures is None or failures.count < MAX_FAILURES:
            return 0.0
        return max(0.0, failures.last + self._seconds - time.monotonic())

    def failed(self, username: str) -> None:
        """Count a bad password; the count begins anew when a lock has run out."""
        self._forget_old()
        failures = self._failures.setdefault(username, _Failures())
        failures.count = failures.count % MAX_FAILURES + 1
        failures.last = time.monotonic()

    def succeeded(self, username: str) -> None:
        """Forget the bad passwords of the name."""
        self._failures.pop(username, None)

    def _forget_old(self) -> None:
        """Keep memory in bounds, without letting failures of many other names wash away recent ones."""
        if len(self._failures) > MANY:
            recent = time.monotonic() - max(self._seconds, MEMORY_SECONDS)
            self._failures = {name: kept for name, kept in self._failures.items() if kept.last > recent}
