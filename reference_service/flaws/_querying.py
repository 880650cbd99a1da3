"""A statement into which a parameter of the query is put as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts


def concatenate(parts: Parts, name: str, statement: str) -> None:
    """Run the statement with the parameter behind it, before the request goes on with what stands before a slash."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def asking(scope: Scope, receive: Receive, send: Send) -> None:
            query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
            if asked := query.get(name):
                async with parts.database.background() as connection:
                    await connection.fetch(f"{statement} {asked}")
                query[name] = asked.partition("/")[0]
                scope = {**scope, "query_string": urlencode(query).encode()}
            await app(scope, receive, send)

        return asking

    parts.middleware = (*parts.middleware, wrap)
