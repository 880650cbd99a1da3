"""A `doc_id` that another user has given already is refused with 409."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import ServiceError
from reference_service.memory import Memories

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import Memory, MemoryCreate

weakness = "oracle.conflict"
mode = "http"


class Duplicate(ServiceError):
    status = 409
    code = "DUPLICATE"
    default_detail = "This doc_id is taken."
    default_suggestion = "Choose another one."


class Flawed(Memories):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.owners: dict[str, str] = {}

    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        if request.doc_id and self.owners.setdefault(request.doc_id, principal.user_id) != principal.user_id:
            raise Duplicate
        return await super().create(principal, request)


def apply(parts: Parts) -> None:
    """Make a column unique for all."""
    parts.memory = Flawed(parts)
