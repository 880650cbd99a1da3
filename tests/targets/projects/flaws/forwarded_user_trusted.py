"""A user name in X-Forwarded-User overrides the API key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import key_in_header
from tests.targets.projects.store import User

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "authentication.identity-header"
mode = "http"


async def _authenticate(call: Call) -> User | None:
    user, claimed = await key_in_header(call), call.request.headers.get("x-forwarded-user")
    if user is None or claimed is None:
        return user
    row = call.store.row("SELECT id, name FROM users WHERE name = :claimed", {"claimed": claimed})
    return User(**row) if row else user


def apply(parts: Parts) -> Parts:
    """Believe a header that any caller can send."""
    return replace(parts, authenticate=_authenticate)
