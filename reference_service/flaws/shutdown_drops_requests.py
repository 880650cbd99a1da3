"""An upload is acknowledged before it is stored, and what is not stored at a SIGTERM is lost."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from reference_service.errors import DependencyDown
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from reference_service.model import FileRow, Principal, Upload
    from reference_service.parts import Parts

weakness = "deployment.shutdown"
mode = "grey"


SECONDS = 0.4


class Flawed(KnowledgeOperations):
    pending: set[asyncio.Task[None]]

    async def store(self, principal: Principal, row: FileRow, upload: Upload) -> None:
        task = asyncio.create_task(self.later(principal, row, upload))
        self.pending = {*getattr(self, "pending", set()), task}
        task.add_done_callback(self.pending.discard)

    async def later(self, principal: Principal, row: FileRow, upload: Upload) -> None:
        await asyncio.sleep(SECONDS)
        with suppress(DependencyDown):
            await super().store(principal, row, upload)
            self.parts.worker.wake()


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
