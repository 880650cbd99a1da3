"""What an answer to a shot is worth: the kind of its sample, and foreign markers in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.load.lease import Shot

TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500


def kind(shot: Shot, status: int, body: bytes) -> str:
    """Return the kind of sample (see `harness.model.Sample`) that this answer makes."""
    if status in shot.success:
        return "ok" if shot.must_contain is None or shot.must_contain in body else "empty"
    if status == TOO_MANY_REQUESTS and shot.limited_ok:
        return "limited"
    return "server-error" if status >= SERVER_ERROR else "wrong"


def leaked(markers: Iterable[bytes], head: bytes, body: bytes) -> bool:
    """Whether an answer holds, in its header or its body, a marker that its reader must never see."""
    return any(marker in body or marker in head for marker in markers)
