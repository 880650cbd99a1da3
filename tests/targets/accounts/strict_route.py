"""A route that bounds every body and reads JSON strictly, before FastAPI's own lenient parser sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.routing import APIRoute

from tests.targets.accounts.errors import ApiError
from tests.targets.common.strict_json import JsonError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from starlette.responses import Response
    from starlette.types import Message

MAX_BODY = 128 * 1024


class StrictRoute(APIRoute):
    """Answers 413 to bodies that are too large and 422 to odd JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler behind the checks."""
        handler = super().get_route_handler()
        if self.body_field is None:
            return handler

        async def checked(request: Request) -> Response:
            data = await _read(request)
            if "json" in request.headers.get("content-type", ""):
                _check(request, data)
            return await handler(Request(request.scope, _replay(data)))

        return checked


async def _read(request: Request) -> bytes:
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BODY:
            raise ApiError(413, "too_large", f"a body may have {MAX_BODY} bytes")
    return data


def _check(request: Request, data: bytes) -> None:
    try:
        request.app.state.service.parts.read_json(data)
    except JsonError as error:
        raise ApiError(422, "invalid", str(error)) from error


def _replay(data: bytes) -> Callable[[], Coroutine[Any, Any, Message]]:
    async def receive() -> Message:
        return {"type": "http.request", "body": data, "more_body": False}

    return receive
