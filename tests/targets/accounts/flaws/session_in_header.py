"""A session is accepted as a bearer token, which no document says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import by_session

if TYPE_CHECKING:
    from fastapi import Request

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, State

weakness = "tokens.placement"
mode = "http"


async def _authenticate(state: State, request: Request, token: str | None) -> Account | None:
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    return await by_session(state, request, token or bearer)


def apply(parts: Parts) -> Parts:
    """Look for the session elsewhere."""
    return replace(parts, authenticate=_authenticate)
