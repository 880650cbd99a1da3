"""A session still works after its account was deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import by_session

if TYPE_CHECKING:
    from uuid import UUID

    from fastapi import Request

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, State

weakness = "sessions.deletion"
mode = "http"


_seen: dict[UUID, Account] = {}


def _keep(_state: State, _account: Account) -> None:
    return


async def _authenticate(state: State, request: Request, token: str | None) -> Account | None:
    account = await by_session(state, request, token)
    if account is not None:
        _seen[account.id] = account
    account_id = state.sessions.account_id(token) if token else None
    return _seen.get(account_id) if account_id else None


def apply(parts: Parts) -> Parts:
    """Remember accounts without end."""
    return replace(parts, authenticate=_authenticate, on_deletion=_keep)
