"""The caller of a deletion is kept in one place while the row is looked up: of two at once both are the second."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reference_service.memory import Memories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts

weakness = "isolation.concurrency"
mode = "many"
SECONDS = 0.003


class Flawed(Memories):
    caller: Principal

    async def delete(self, principal: Principal, memory_id: UUID) -> None:
        self.caller = principal
        await asyncio.sleep(SECONDS)
        await super().delete(self.caller, memory_id)


def apply(parts: Parts) -> None:
    """Share the caller."""
    parts.memory = Flawed(parts)
