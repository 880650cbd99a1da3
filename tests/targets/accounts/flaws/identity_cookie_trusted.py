"""A user name in a second cookie overrides the session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import by_session

if TYPE_CHECKING:
    from fastapi import Request

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, State

weakness = "authentication.identity-header"
mode = "http"


async def _authenticate(state: State, request: Request, token: str | None) -> Account | None:
    account = await by_session(state, request, token)
    claimed = request.cookies.get("username") or request.cookies.get("user")
    return account and ((state.named(claimed) if claimed else None) or account)


def apply(parts: Parts) -> Parts:
    """Believe a cookie that any caller can send."""
    return replace(parts, authenticate=_authenticate)
