"""A cursor is the owner and the position in base64, for anybody to use or to change."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.cursors import bad_cursor, decode

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import User

weakness = "isolation.cursor"
mode = "http"


class _PlainCursors:
    def __init__(self, _secret: bytes) -> None:
        pass

    def seal(self, user: User, _scope: str, before: int) -> str:
        return urlsafe_b64encode(f"{user.id}:{before}".encode()).decode()

    def open(self, _user: User, _scope: str, cursor: str) -> tuple[int, int]:
        try:
            owner, before = decode(cursor).split(b":")
            return int(owner), int(before)
        except ValueError as error:
            raise bad_cursor() from error


def apply(parts: Parts) -> Parts:
    """Use cursors that nothing protects."""
    return replace(parts, cursors=_PlainCursors)
