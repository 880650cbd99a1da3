"""A new memory takes its owner from a field that no document names."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from reference_service import strict_json
from reference_service.memory import Memories
from reference_service.model import Principal

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import Memory, MemoryCreate

weakness = "isolation.create"
mode = "http"
named: ContextVar[str] = ContextVar("named", default="")


def noting(body: bytes) -> Any:
    """Decode a body, and take the owner out of it."""
    value = strict_json.decode(body)
    named.set(str(value.pop("user_id", "")) if isinstance(value, dict) else "")
    return value


class Flawed(Memories):
    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        return await super().create(Principal(user_id=named.get() or principal.user_id), request)


def apply(parts: Parts) -> None:
    """Take the owner from the body."""
    parts.json_decoder = noting
    parts.memory = Flawed(parts)
