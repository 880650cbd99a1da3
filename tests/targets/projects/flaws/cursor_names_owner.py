"""A cursor says whose list to go on with, and is believed whoever sends it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.cursors import bad_cursor, decode

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import User

weakness = "isolation.cursor"
mode = "http"


class _OwnerCursors:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, user: User, scope: str, before: int) -> str:
        position = f"{user.id}:{before}".encode()
        return urlsafe_b64encode(self._sign(scope, position) + position).decode()

    def open(self, _user: User, scope: str, cursor: str) -> tuple[int, int]:
        sealed = decode(cursor)
        if not hmac.compare_digest(sealed[:32], self._sign(scope, sealed[32:])):
            raise bad_cursor()
        owner, before = sealed[32:].split(b":")
        return int(owner), int(before)

    def _sign(self, scope: str, position: bytes) -> bytes:
        return hmac.new(self._secret, scope.encode() + position, hashlib.sha256).digest()


def apply(parts: Parts) -> Parts:
    """Sign the owner into the cursor instead of binding the cursor to the caller."""
    return replace(parts, cursors=_OwnerCursors)
