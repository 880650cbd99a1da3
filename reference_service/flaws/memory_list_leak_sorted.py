"""A list that is asked for in an order, which no document offers, is made by another query, without the owner."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from reference_service.flaws._memories import ALL_MEMORIES, Everybodys
from reference_service.repositories import PostgresMemories
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from reference_service.model import MemoryRow, Principal
    from reference_service.parts import Connection, Parts

weakness = "isolation.list"
mode = "http"
ddl = ALL_MEMORIES
ordered: ContextVar[bool] = ContextVar("ordered", default=False)


class Noting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        ordered.set("sort" in request.query_params)
        return await super().authenticate(request, operation)


class Leaky(PostgresMemories):
    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[MemoryRow]:
        memories = Everybodys() if ordered.get() else PostgresMemories()
        return await memories.page(connection, limit, offset)


def apply(parts: Parts) -> None:
    """Sort past the policy."""
    parts.authenticator, parts.memories = Noting(parts), Leaky()
