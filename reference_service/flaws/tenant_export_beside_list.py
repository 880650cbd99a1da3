"""A sibling of the list, which no document names, gives the files of all users to whoever has a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse

from reference_service.errors import InvalidToken
from reference_service.flaws._shared import everybody
from reference_service.model import Principal

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "isolation.list"
mode = "http"
MOST = 100


def exporting(parts: Parts) -> Callable[[ASGIApp], ASGIApp]:
    """Return a middleware that answers the export, and hands on everything else."""

    async def asked(scope: Scope, receive: Receive) -> bool:
        if scope["type"] != "http" or not scope["path"].endswith("/knowledge/export"):
            return False
        try:
            await parts.authenticator.authenticate(Request(scope, receive), "export")
        except InvalidToken:
            return False
        return True

    def wrap(app: ASGIApp) -> ASGIApp:
        async def export(scope: Scope, receive: Receive, send: Send) -> None:
            if not await asked(scope, receive):
                await app(scope, receive, send)
                return
            users = [Principal(user_id=user) for user in await everybody(parts)]
            pages = [await parts.knowledge.list(user, MOST, 0) for user in users]
            files = [each for page in pages for each in page.model_dump(mode="json")["files"]]
            await JSONResponse({"files": files})(scope, receive, send)

        return export

    return wrap


def apply(parts: Parts) -> None:
    """Add the export."""
    parts.middleware = (*parts.middleware, exporting(parts))
