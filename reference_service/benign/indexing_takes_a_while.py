"""A file is indexed three seconds after it was uploaded."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reference_service.indexing import IndexWorker

if TYPE_CHECKING:
    from reference_service.model import Job
    from reference_service.parts import Parts

mode = "benign"
touches = ["isolation", "integrity", "oracle", "injection"]
SECONDS = 3.0


class Leisurely(IndexWorker):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.waiting: set[asyncio.Task[None]] = set()

    async def do(self, job: Job) -> str:
        """Put the job aside: others need not wait for it."""
        task = asyncio.create_task(self.later(job))
        self.waiting.add(task)
        task.add_done_callback(self.waiting.discard)
        return "done"

    async def later(self, job: Job) -> None:
        await asyncio.sleep(SECONDS)
        await super().do(job)


def apply(parts: Parts) -> None:
    """Work differently."""
    parts.worker = Leisurely(parts)
