"""A parameter `sort`, which no document names, becomes the order of a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts

weakness = "injection.sql"
mode = "http"


def apply(parts: Parts) -> None:
    """Concatenate."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def ordered(scope: Scope, receive: Receive, send: Send) -> None:
            query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
            if asked := query.get("sort"):
                async with parts.database.background() as connection:
                    await connection.fetch(f"SELECT id FROM memory_chunks ORDER BY {asked}")  # noqa: S608 -- the flaw
            await app(scope, receive, send)

        return ordered

    parts.middleware = (*parts.middleware, wrap)
