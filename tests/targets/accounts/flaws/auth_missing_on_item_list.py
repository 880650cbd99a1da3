"""Without a session, the list of items is that of the newest account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import by_session

if TYPE_CHECKING:
    from fastapi import Request

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, State

weakness = "authentication.missing"
mode = "http"


async def _authenticate(state: State, request: Request, token: str | None) -> Account | None:
    if token is None and request.method == "GET" and request.url.path == "/items":
        return next(reversed(state.accounts.values()), None)
    return await by_session(state, request, token)


def apply(parts: Parts) -> Parts:
    """Fall back to a default account on one operation."""
    return replace(parts, authenticate=_authenticate)
