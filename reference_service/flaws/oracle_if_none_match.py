"""With `If-None-Match: *` another user's file is answered 304, an unknown one 404."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.responses import Response

from reference_service.flaws._shared import owner_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "oracle.status"
mode = "http"


ONE = re.compile(r"/api/v1/knowledge/files/([0-9a-f-]{36})\Z")


def apply(parts: Parts) -> None:
    """Look at the condition first."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            named = ONE.match(scope.get("path", "")) if scope.get("method") == "GET" else None
            headers = dict(scope.get("headers", ()))
            asked = named and headers.get(b"if-none-match") == b"*" and b"authorization" in headers
            if named and asked and await owner_of(parts, UUID(named[1])):
                await Response(status_code=304)(scope, receive, send)
                return
            await app(scope, receive, send)

        return answer

    parts.middleware = (*parts.middleware, wrap)
