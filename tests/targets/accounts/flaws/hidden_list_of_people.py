"""A list of all accounts, left from debugging, that no document names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from tests.targets.common.pages import Page

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from tests.targets.accounts.parts import Parts

weakness = "exposure.hidden"
mode = "http"


async def _people(application: FastAPI, _request: Request) -> Response:
    accounts = application.state.service.state.accounts.values()
    return JSONResponse([{"username": each.username, "email": each.email} for each in accounts])


def apply(parts: Parts) -> Parts:
    """Show everybody's address to anybody."""
    return replace(parts, wrap=lambda application: Page(application, "/debug/users", _people))
