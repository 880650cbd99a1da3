"""What small services of these tests have in common: one method that answers a request and the JSON in it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send


class JsonApplication(ABC):
    """An ASGI application; nothing that it answers may be kept."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            body = None
        response = self.answer(request, body)
        response.headers["Cache-Control"] = "no-store"
        await response(scope, receive, send)

    @abstractmethod
    def answer(self, request: Request, body: Any) -> Response:
        """Answer a request; the body is None where it is no JSON."""
