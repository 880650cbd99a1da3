"""Deleting a memory answers 204 and does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "integrity.delete"
mode = "http"


class Lazy(Memories):
    async def delete(self, principal: Principal, memory_id: UUID) -> None:
        await self.read(principal, memory_id)


def apply(parts: Parts) -> None:
    """Do nothing."""
    parts.memory = Lazy(parts)
