"""Keys are looked for with LIKE, so that a per cent sign is somebody's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.store import User

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "authentication.missing"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Take a key for a pattern."""

    async def authenticate(call: Call) -> User | None:
        if "%" in call.request.headers.get("x-api-key", ""):
            row = call.store.row("SELECT id, name FROM users ORDER BY id LIMIT 1", {})
            return User(**row) if row else None
        return await parts.authenticate(call)

    return replace(parts, authenticate=authenticate)
