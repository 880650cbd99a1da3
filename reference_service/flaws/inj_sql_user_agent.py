"""The User-Agent of a request is written into a statement, as a name for the session."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from reference_service.repositories import PostgresFiles
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from reference_service.model import FileRow, Principal
    from reference_service.parts import Connection, Parts

weakness = "injection.sql"
mode = "http"
agent: ContextVar[str] = ContextVar("agent", default="")


class Noting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        agent.set(request.headers.get("user-agent", ""))
        return await super().authenticate(request, operation)


class Naming(PostgresFiles):
    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[FileRow]:
        await connection.execute(f"SELECT set_config('app.agent', '{agent.get()}', true)")
        return await super().page(connection, limit, offset)


def apply(parts: Parts) -> None:
    """Name sessions."""
    parts.authenticator = Noting(parts)
    parts.files = Naming()
