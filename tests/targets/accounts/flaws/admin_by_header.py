"""A header says that the caller is an administrator."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import by_session

if TYPE_CHECKING:
    from fastapi import Request

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, State

weakness = "authorization.function"
mode = "http"


async def _authenticate(state: State, request: Request, token: str | None) -> Account | None:
    account = await by_session(state, request, token)
    if account is None or request.headers.get("x-role", request.headers.get("x-user-role")) != "admin":
        return account
    return replace(account, role="admin")


def apply(parts: Parts) -> Parts:
    """Believe a header that any caller can send."""
    return replace(parts, authenticate=_authenticate)
