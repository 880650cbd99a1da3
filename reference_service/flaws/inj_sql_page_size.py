"""The size of a page becomes part of a statement before it is read as a number."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

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
            if asked := query.get("limit"):
                async with parts.database.background() as connection:
                    await connection.fetch(f"SELECT file_id FROM files LIMIT {asked}")  # noqa: S608 -- the flaw
                query["limit"] = asked.partition("/")[0]
                scope = {**scope, "query_string": urlencode(query).encode()}
            await app(scope, receive, send)

        return ordered

    parts.middleware = (*parts.middleware, wrap)
