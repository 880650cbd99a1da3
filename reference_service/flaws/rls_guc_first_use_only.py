"""A pooled connection keeps the user who first read over it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from reference_service.assembly import reveal
from reference_service.database import PostgresDatabase
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import Principal
    from reference_service.parts import Connection, Parts
    from reference_service.schemas import FileList, SearchRequest, SearchResult

weakness = "isolation.pooled-connection"
mode = "many"

reading: ContextVar[bool] = ContextVar("reading", default=False)


class Sticky(PostgresDatabase):
    async def set_context(self, connection: Connection, user_id: str | None) -> None:
        current = "SELECT nullif(current_setting('app.current_user_id', true), '')"
        if not reading.get():
            await super().set_context(connection, user_id)
        elif user_id and await connection.fetchval(current) is None:
            await connection.execute("SELECT set_config('app.current_user_id', $1, false)", user_id)


class Flawed(KnowledgeOperations):
    async def find(
        self, principal: Principal, request: SearchRequest, models: Sequence[str | None]
    ) -> list[SearchResult]:
        reading.set(True)
        return await super().find(principal, request, models)

    async def list(self, principal: Principal, limit: int, offset: int) -> FileList:
        reading.set(True)
        return await super().list(principal, limit, offset)


def apply(parts: Parts) -> None:
    """Set the context of reads for the session, once."""
    settings = parts.settings
    parts.database = Sticky(reveal(settings.app_database_url), settings.pool_size, parts.metrics)
    parts.knowledge = Flawed(parts)
