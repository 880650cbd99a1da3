"""Whether the service can do its work: every part it needs, really tried, each within a time limit."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from reference_service.errors import CATALOGUE, DependencyDown
from reference_service.model import RequestContext

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from redis.asyncio import Redis

    from reference_service.parts import Parts

TIME_LIMIT_SECONDS = 1.0


class Checks:
    """The five checks, run side by side."""

    def __init__(self, parts: Parts, redis: Redis) -> None:
        self.parts = parts
        self.redis = redis

    async def check(self) -> Mapping[str, bool]:
        """Return the outcome of every check."""
        checks: dict[str, Awaitable[bool]] = {
            "telemetry": self.telemetry(),
            "templates": self.templates(),
            "filesystem": self.filesystem(),
            "database": self.database(),
            "redis": self.ping(),
        }
        outcomes = await asyncio.gather(*(_bounded(check) for check in checks.values()))
        return dict(zip(checks, outcomes, strict=True))

    async def telemetry(self) -> bool:
        """Whether the metrics can be written."""
        return b"http_request_duration_seconds" in self.parts.metrics.render()

    async def templates(self) -> bool:
        """Whether every error can be rendered, with a suggestion."""
        context = RequestContext(request_id=uuid4().hex, started=time.perf_counter())
        plain = [kind for kind in CATALOGUE if kind.code != "RATE_LIMIT_EXCEEDED"]
        return all(b"suggestion" in bytes(self.parts.error_renderer.render(kind(), context).body) for kind in plain)

    async def filesystem(self) -> bool:
        """Whether an object can be stored, read back and removed."""
        name, data = f"probes/{uuid4()}", uuid4().bytes
        await self.parts.storage.put(name, data)
        same = await self.parts.storage.get(name) == data
        await self.parts.storage.delete(name)
        return same

    async def database(self) -> bool:
        """Whether the tables can be read."""
        async with self.parts.database.background() as connection:
            return await connection.fetchval("SELECT count(*) FROM (SELECT 1 FROM files LIMIT 1) AS probe") is not None

    async def ping(self) -> bool:
        """Whether Redis answers."""
        return bool(await self.redis.ping())


async def _bounded(check: Awaitable[bool]) -> bool:
    try:
        return await asyncio.wait_for(check, TIME_LIMIT_SECONDS)
    except (DependencyDown, TimeoutError, OSError):
        return False
    except Exception:  # noqa: BLE001 - whatever a dependency raises, it is not ready
        return False
