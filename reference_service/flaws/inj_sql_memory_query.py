"""The text of a query over memories becomes part of the statement."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

import asyncpg

from reference_service.errors import InternalError
from reference_service.memory import Memories
from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import MemoryRow, Principal
    from reference_service.parts import Connection, Parts
    from reference_service.schemas import MemoryQuery, MemoryResults

weakness = "injection.sql"
mode = "http"
text: ContextVar[str] = ContextVar("text", default="")


class Asking(Memories):
    async def query(self, principal: Principal, request: MemoryQuery) -> MemoryResults:
        text.set(request.query)
        return await super().query(principal, request)


class Concatenating(PostgresMemories):
    async def nearest(self, connection: Connection, vector: Sequence[float], limit: int) -> Sequence[MemoryRow]:
        condition = f"SELECT (1 = 1 AND '{text.get()}' <> '')::text"
        try:
            await connection.fetchval(condition)
        except asyncpg.PostgresError:
            raise InternalError from None
        return await super().nearest(connection, vector, limit)


def apply(parts: Parts) -> None:
    """Concatenate."""
    parts.memory = Asking(parts)
    parts.memories = Concatenating()
