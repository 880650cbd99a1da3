"""A new memory whose body names the identifier of another one takes its place, whoever owns that."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from reference_service import strict_json
from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import Memory, MemoryCreate

weakness = "isolation.identifier"
mode = "http"
named: ContextVar[str] = ContextVar("named", default="")


def noting(body: bytes) -> Any:
    """Decode a body, and take the identifier out of it."""
    value = strict_json.decode(body)
    named.set(str(value.pop("memory_id", "")) if isinstance(value, dict) else "")
    return value


class Flawed(Memories):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.owners: dict[str, str] = {}

    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        before = named.get()
        created = await super().create(principal, request)
        self.owners[str(created.memory_id)] = principal.user_id
        if before in self.owners:
            async with self.parts.database.transaction(self.owners.pop(before)) as connection:
                await connection.execute("DELETE FROM memory_chunks WHERE id = $1", before)
        return created


def apply(parts: Parts) -> None:
    """Save by the identifier that the body names."""
    parts.json_decoder = noting
    parts.memory = Flawed(parts)
