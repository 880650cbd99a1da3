"""HEAD, which no document names, tells of any file whether it exists."""

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
    """Answer HEAD without a look at the caller."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            named = ONE.match(scope.get("path", "")) if scope.get("method") == "HEAD" else None
            if named is None:
                await app(scope, receive, send)
                return
            found = await owner_of(parts, UUID(named[1])) is not None
            await Response(status_code=200 if found else 404)(scope, receive, send)

        return answer

    parts.middleware = (*parts.middleware, wrap)
