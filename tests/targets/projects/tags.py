"""Entity tags: a keyed digest over user, thing and version, which matches for nobody else and tells nothing."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.store import Row, User


def row_tag(secret: bytes, user: User, kind: str, row: Row) -> str:
    """Return the strong entity tag of one project or note."""
    return _tag(secret, f"{user.id}/{kind}/{row['id']}/{row['version']}".encode())


def list_tag(secret: bytes, user: User, call: Call, body: bytes) -> str:
    """Return the strong entity tag of one page."""
    return _tag(secret, f"{user.id}/{call.operation}/".encode() + body)


def matches(call: Call, tag: str) -> bool:
    """Return whether `If-None-Match` names the tag (weak comparison, RFC 9110)."""
    wanted = call.request.headers.get("if-none-match", "")
    return wanted.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in wanted.split(",")]


def _tag(secret: bytes, value: bytes) -> str:
    return f'"{hmac.new(secret, value, hashlib.sha256).hexdigest()[:24]}"'
