"""The caller is kept in a variable of the module, which the next request overwrites."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import by_session

if TYPE_CHECKING:
    from fastapi import Request

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, State

weakness = "isolation.concurrency"
mode = "many"


_current: dict[str, Account] = {}


async def _authenticate(state: State, request: Request, token: str | None) -> Account | None:
    account = await by_session(state, request, token)
    if account is None:
        return None
    _current["account"] = account
    await asyncio.sleep(0)
    return _current["account"]


def apply(parts: Parts) -> Parts:
    """Let requests that overlap swap their callers."""
    return replace(parts, authenticate=_authenticate)
