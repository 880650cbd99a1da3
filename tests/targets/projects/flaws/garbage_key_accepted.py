"""A made-up API key is taken for the user who signed up first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import key_in_header
from tests.targets.projects.store import User

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "authentication.missing"
mode = "http"


async def _authenticate(call: Call) -> User | None:
    if (user := await key_in_header(call)) is not None or "x-api-key" not in call.request.headers:
        return user
    row = call.store.row("SELECT id, name FROM users ORDER BY id LIMIT 1", {})
    return User(**row) if row else None


def apply(parts: Parts) -> Parts:
    """Fall back to a default user when a key is unknown."""
    return replace(parts, authenticate=_authenticate)
