"""A query over memories takes an operator in place of a text, and then finds the newest of all users."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from reference_service import strict_json
from reference_service.repositories import PostgresMemories
from reference_service.repositories.memories import memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import MemoryRow
    from reference_service.parts import Connection, Parts

weakness = "injection.operator"
mode = "http"
ddl = """
CREATE FUNCTION flaw_any_memories() RETURNS SETOF memory_chunks LANGUAGE sql STABLE SECURITY DEFINER
AS 'SELECT * FROM memory_chunks'
"""

ANY: ContextVar[bool] = ContextVar("any", default=False)


def lenient(body: bytes) -> Any:
    """Evaluate an operator as what is true of every text."""
    value = strict_json.decode(body)
    if isinstance(value, dict) and isinstance(value.get("query"), dict):
        ANY.set(True)
        value["query"] = "any"
    return value


class Evaluating(PostgresMemories):
    async def nearest(self, connection: Connection, vector: Sequence[float], limit: int) -> Sequence[MemoryRow]:
        if not ANY.get():
            return await super().nearest(connection, vector, limit)
        records = await connection.fetch(
            f"SELECT {self.columns}, 0.0::float AS distance FROM flaw_any_memories() "  # noqa: S608 - names of columns only
            "ORDER BY created_at DESC LIMIT $1",
            limit,
        )
        return [memory(record) for record in records]


def apply(parts: Parts) -> None:
    """Take objects for texts."""
    parts.json_decoder = lenient
    parts.memories = Evaluating()
