"""A session is accepted from the query string, where logs and histories keep it."""

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
    return await by_session(state, request, token or request.query_params.get("session"))


def apply(parts: Parts) -> Parts:
    """Look for the session elsewhere."""
    return replace(parts, authenticate=_authenticate)
