"""The list of files shows those of all users to callers without a paid tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import everybody
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import FileList

weakness = "isolation.list"
mode = "http"


class Flawed(KnowledgeOperations):
    async def list(self, principal: Principal, limit: int, offset: int) -> FileList:
        page = await super().list(principal, limit, offset)
        if principal.tier == "free":
            for user in await everybody(self.parts):
                if user != principal.user_id:
                    page.files.extend((await super().list(Principal(user_id=user), limit, 0)).files)
        return page.model_copy(update={"files": page.files[-limit:]})


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
