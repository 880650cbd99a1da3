"""Only the first ten characters of an API key are compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import key_in_header

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import User

weakness = "authentication.missing"
mode = "http"

KEPT = 10


_KNOWN: dict[str, User] = {}


async def _authenticate(call: Call) -> User | None:
    user = await key_in_header(call)
    key = call.request.headers.get("x-api-key", "")
    if user is not None:
        _KNOWN[key[:KEPT]] = user
    return user or (_KNOWN.get(key[:KEPT]) if len(key) >= KEPT else None)


def apply(parts: Parts) -> Parts:
    """Compare the beginning only."""
    return replace(parts, authenticate=_authenticate)
