"""A list of everybody's items below a path for administrators, that no document names, asks for no role."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from tests.targets.accounts.parts import by_session
from tests.targets.common.pages import Page

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from tests.targets.accounts.parts import Parts

weakness = "isolation.list"
mode = "http"


async def _items(application: FastAPI, request: Request) -> Response:
    state = application.state.service.state
    if await by_session(state, request, request.cookies.get("session")) is None:
        return JSONResponse({"detail": "log in first"}, 401)
    return JSONResponse([{"id": str(each.id), "title": each.title} for each in state.items.values()])


def apply(parts: Parts) -> Parts:
    """Show everybody's items to everybody who is logged in."""
    return replace(parts, wrap=lambda application: Page(application, "/admin/items", _items))
