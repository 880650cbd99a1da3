"""Reads of one file that are in flight together share one answer, whoever asks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription

weakness = "isolation.concurrency"
mode = "many"


class Flawed(KnowledgeOperations):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.flying: dict[UUID, asyncio.Task[FileDescription]] = {}

    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        task = self.flying.get(file_id)
        if task is None:
            task = self.flying[file_id] = asyncio.create_task(super().read(principal, file_id))
            task.add_done_callback(lambda _: self.flying.pop(file_id, None))
        return await asyncio.shield(task)


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
