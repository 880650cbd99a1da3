"""A page beside an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send


class Page:
    """Answers GET on one path, and leaves all else to the application; `show` is given that and the request."""

    def __init__(self, application: ASGIApp, path: str, show: Callable[..., Awaitable[Response]]) -> None:
        self._application, self._path, self._show = application, path, show

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass it on."""
        if (scope["type"], scope.get("method"), scope.get("path")) != ("http", "GET", self._path):
            await self._application(scope, receive, send)
            return
        response = await self._show(self._application, Request(scope))
        await response(scope, receive, send)
