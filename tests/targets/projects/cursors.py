"""Cursors: opaque positions in a list, bound by a signature to the user and the list that they were made for."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING, Protocol

from tests.targets.projects.problems import ProblemError

if TYPE_CHECKING:
    from tests.targets.projects.store import User

BEGINNING = 2**62
_SIGNATURE = 16


class Cursors(Protocol):
    """Makes and reads the cursors of one running service."""

    def __init__(self, secret: bytes) -> None:
        """Take the key of this service."""

    def seal(self, user: User, scope: str, before: int) -> str:
        """Return a cursor for what comes below the id `before`."""

    def open(self, user: User, scope: str, cursor: str) -> tuple[int, int]:
        """Return whose list to go on with, and below which id; raises ProblemError (404)."""


class SignedCursors:
    """The sound cursors: they say where, never whose."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, user: User, scope: str, before: int) -> str:
        """Return the position and its signature in one text."""
        position = str(before).encode()
        return base64.urlsafe_b64encode(self._sign(user, scope, position) + position).decode()

    def open(self, user: User, scope: str, cursor: str) -> tuple[int, int]:
        """Return the caller and the position; a cursor of another user or list is as bad as a made-up one."""
        sealed = decode(cursor)
        signature, position = sealed[:_SIGNATURE], sealed[_SIGNATURE:]
        if not hmac.compare_digest(signature, self._sign(user, scope, position)):
            raise bad_cursor()
        return user.id, int(position)

    def _sign(self, user: User, scope: str, position: bytes) -> bytes:
        text = f"{user.id}\n{scope}\n".encode() + position  # a position has no line break
        return hmac.new(self._secret, text, hashlib.sha256).digest()[:_SIGNATURE]


def bad_cursor() -> ProblemError:
    """Return the answer to a cursor that this service did not make for this user and list."""
    return ProblemError(404, "no-such-page", "cursor: not one that was returned to you for this list")


def decode(cursor: str) -> bytes:
    """Return the bytes of a base64url text; raises ProblemError (404)."""
    try:
        return base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise bad_cursor() from error
