"""Everybody finds an item in the account from the start, the same text for all: what is alike is not shared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import by_session
from tests.targets.accounts.state import Item

if TYPE_CHECKING:
    from fastapi import Request

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, State

mode = "benign"


async def authenticate(state: State, request: Request, token: str | None) -> Account | None:
    """Welcome who comes for the first time."""
    account = await by_session(state, request, token)
    if account is not None and not any(item.owner_id == account.id for item in state.items.values()):
        item = Item(owner_id=account.id, title="Welcome", body="About everything", visibility="private")
        state.items[item.id] = item
    return account


def apply(parts: Parts) -> Parts:
    """Return the parts with a welcome."""
    return replace(parts, authenticate=authenticate)
