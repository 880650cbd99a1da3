"""The caller is kept in a variable of the module, which the next request overwrites."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import key_in_header

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import User

weakness = "isolation.concurrency"
mode = "many"

_current: dict[str, User] = {}


async def _authenticate(call: Call) -> User | None:
    user = await key_in_header(call)
    if user is None:
        return None
    _current["user"] = user
    await asyncio.sleep(0)
    return _current["user"]


def apply(parts: Parts) -> Parts:
    """Let requests that overlap swap their callers."""
    return replace(parts, authenticate=_authenticate)
