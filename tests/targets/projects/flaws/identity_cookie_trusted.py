"""A user id in a cookie overrides the API key."""

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
    user, claimed = await key_in_header(call), call.request.cookies.get("user_id")
    if user is None or claimed is None:
        return user
    row = call.store.row("SELECT id, name FROM users WHERE id = :claimed", {"claimed": claimed})
    return User(**row) if row else user


def apply(parts: Parts) -> Parts:
    """Believe a cookie that any caller can send."""
    return replace(parts, authenticate=_authenticate)
