"""The file of settings lies where files are served from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from tests.targets.common.pages import Page

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from tests.targets.accounts.parts import Parts

weakness = "exposure.hidden"
mode = "http"


async def _settings(_application: FastAPI, _request: Request) -> Response:
    return PlainTextResponse("ACCOUNTS_LOCKOUT_SECONDS=3\nDATABASE_PASSWORD=not-a-real-one\n")


def apply(parts: Parts) -> Parts:
    """Serve it to anybody."""
    return replace(parts, wrap=lambda application: Page(application, "/.env", _settings))
