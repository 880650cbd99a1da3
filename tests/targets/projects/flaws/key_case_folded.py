"""The letter case of an API key does not matter."""

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


_KNOWN: dict[str, User] = {}


async def _authenticate(call: Call) -> User | None:
    user = await key_in_header(call)
    key = call.request.headers.get("x-api-key", "").lower()
    if user is not None:
        _KNOWN[key] = user
    return user or _KNOWN.get(key)


def apply(parts: Parts) -> Parts:
    """Compare in lower case."""
    return replace(parts, authenticate=_authenticate)
