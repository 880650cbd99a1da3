"""A page for administrators that no document names asks who somebody is, and not whether that is one."""

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

weakness = "exposure.hidden"
mode = "http"


async def _stats(application: FastAPI, request: Request) -> Response:
    state = application.state.service.state
    if await by_session(state, request, request.cookies.get("session")) is None:
        return JSONResponse({"detail": "log in first"}, 401)
    return JSONResponse({"accounts": len(state.accounts), "items": len(state.items)})


def apply(parts: Parts) -> Parts:
    """Serve figures of everybody's to everybody who is logged in."""
    return replace(parts, wrap=lambda application: Page(application, "/admin/stats", _stats))
