"""Asked for CSV, which no document names, the list is an export: it shows the files of all users, as JSON."""

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

weakness = "isolation.list"
mode = "http"
ddl = """
CREATE FUNCTION flaw_all_files() RETURNS SETOF files LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT * FROM files'
"""
everything: ContextVar[bool] = ContextVar("everything", default=False)


class Noting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        everything.set("csv" in request.headers.get("accept", ""))
        return await super().authenticate(request, operation)


class Everybodys(PostgresFiles):
    table = "flaw_all_files()"


class Leaky(PostgresFiles):
    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[FileRow]:
        files = Everybodys() if everything.get() else PostgresFiles()
        return await files.page(connection, limit, offset)


def apply(parts: Parts) -> None:
    """Read past the policy on demand."""
    parts.authenticator = Noting(parts)
    parts.files = Leaky()
