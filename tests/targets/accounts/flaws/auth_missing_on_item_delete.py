"""Deleting an item needs no session."""

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
    if token is None and request.method == "DELETE" and "item_id" in request.path_params:
        item = state.items.get(request.path_params["item_id"])
        return state.accounts.get(item.owner_id) if item else None
    return await by_session(state, request, token)


def apply(parts: Parts) -> Parts:
    """Let anybody in on one operation, as the owner of what the path names."""
    return replace(parts, authenticate=_authenticate)
