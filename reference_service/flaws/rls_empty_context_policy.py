"""The policy lets a transaction whose user is the empty text see everything, and a search without results asks so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.memory import Memories
from reference_service.model import Principal

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.parts import Parts
    from reference_service.schemas import Memory

weakness = "rls.null-context"
mode = "grey"
ddl = """
DROP POLICY memory_chunks_owner ON memory_chunks;
CREATE POLICY memory_chunks_owner ON memory_chunks
USING (
    user_id = current_setting('app.current_user_id', true)
    OR coalesce(current_setting('app.current_user_id', true), '') = ''
)
"""


class Flawed(Memories):
    async def read(self, principal: Principal, memory_id: UUID) -> Memory:  # noqa: ARG002
        return await super().read(Principal(user_id=""), memory_id)


def apply(parts: Parts) -> None:
    """Forget the user."""
    parts.memory = Flawed(parts)
