"""Deleting what is not there, or not one's own, is answered 204 like any deletion: it is not there afterwards."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.knowledge import KnowledgeOperations
from reference_service.memory import Memories

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts

mode = "benign"


class Files(KnowledgeOperations):
    async def delete(self, principal: Principal, file_id: UUID) -> None:
        with suppress(FileMissing):
            await super().delete(principal, file_id)


class Texts(Memories):
    async def delete(self, principal: Principal, memory_id: UUID) -> None:
        with suppress(FileMissing):
            await super().delete(principal, memory_id)


def apply(parts: Parts) -> None:
    """Delete what is there."""
    parts.knowledge, parts.memory = Files(parts), Texts(parts)
